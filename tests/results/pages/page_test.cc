#include "results/pages/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Page, IsWellFormedAndForbidsScriptsAndLoads) {
  Page page("a < b", "heading");
  page.AddLead(TextElement("p", "lead"));
  page.AddSection("One", TextElement("p", "first"));
  const std::string html = page.Render();
  EXPECT_EQ(WhatIsMalformed(html), "");
  EXPECT_THAT(html, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_THAT(html, HasSubstr("<h1>heading</h1><p>lead</p>"));
  EXPECT_THAT(html, HasSubstr("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"));
  for (const char* loaded : {"<script", "<link", "src=", "url(", "@import", "http:", "https:"}) {
    EXPECT_THAT(html, Not(HasSubstr(loaded)));
  }
}

TEST(Page, ListsItsSectionsAndLeavesEmptyOnesOut) {
  Page page("t", "h");
  page.AddSection("Empty", Html());
  page.AddSection("Fu<ll", TextElement("p", "x"));
  const std::string html = page.Render();
  EXPECT_THAT(html, Not(HasSubstr("Empty")));
  EXPECT_THAT(html, HasSubstr("<a href=\"#s1\">Fu&lt;ll</a>"));
  EXPECT_THAT(html, HasSubstr("<section aria-labelledby=\"s1\"><h2 id=\"s1\">Fu&lt;ll</h2>"));
}

TEST(Page, HasNoListOfNoSections) { EXPECT_THAT(Page("t", "h").Render(), Not(HasSubstr("<nav"))); }

TEST(Legend, NamesEveryArm) {
  const std::string html = Legend({"base", "<head>"}).str();
  EXPECT_THAT(html, HasSubstr("arm0"));
  EXPECT_THAT(html, HasSubstr("&lt;head&gt;</li>"));
}

TEST(TextList, OfNothingIsNothing) {
  EXPECT_TRUE(TextList({}).empty());
  EXPECT_TRUE(ChartGrid(Html()).empty());
  EXPECT_EQ(TextList({"a&b"}).str(), "<ul><li>a&amp;b</li></ul>");
}

}  // namespace
}  // namespace bench::results
