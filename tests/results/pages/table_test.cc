#include "results/pages/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlTable, WithoutRowsIsNothing) { EXPECT_TRUE(HtmlTable("caption", {"a"}).Render().empty()); }

TEST(HtmlTable, NamesRowsColumnsAndTheTable) {
  HtmlTable table("Two <figures>", {"metric", "base"});
  table.AddTextRow({"loss", "1 < 2"});
  const std::string html = table.Render().str();
  EXPECT_EQ(WhatIsMalformed(html), "");
  EXPECT_THAT(html, HasSubstr("<caption>Two &lt;figures&gt;</caption>"));
  EXPECT_THAT(html, HasSubstr("<th role=\"columnheader\" scope=\"col\">base</th>"));
  EXPECT_THAT(html, HasSubstr("<th role=\"rowheader\" scope=\"row\"><span class=\"short\">loss"));
  EXPECT_THAT(html, HasSubstr("<td role=\"cell\" data-column=\"base\"><span class=\"short\">1 &lt; "
                              "2</span></td>"));
}

// In a table of many columns short values may wrap: together they would be wider than a page.
TEST(HtmlTable, LongValuesAndManyColumnsMayWrap) {
  HtmlTable few("", {"a", "b"});
  few.AddTextRow({std::string(13, 'x'), std::string(64, 'y')});
  EXPECT_THAT(few.Render().str(), Not(HasSubstr("short")));
  HtmlTable many("", std::vector<std::string>(9, "c"));
  many.AddTextRow(std::vector<std::string>(9, "v"));
  EXPECT_THAT(many.Render().str(), Not(HasSubstr("short")));
}

}  // namespace
}  // namespace bench::results
