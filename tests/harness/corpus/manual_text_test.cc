#include "harness/corpus/manual_text.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::corpus {
namespace {

TEST(WithoutOverstrike, KeepsWhatWasStruckLast) {
  EXPECT_EQ(WithoutOverstrike("N\bNA\bA _\bi_\bt +\bo"), "NA it o");
  EXPECT_EQ(WithoutOverstrike("名\b名称\b称"), "名称");
  EXPECT_EQ(WithoutOverstrike("\b\bx"), "x");
}

constexpr std::string_view kPage =
    ".TH OPEN 2 2020-01-01 Linux\n.SH NAME\nopen \\- open a file\n.SH DESCRIPTION\nThe\n.B open\n"
    "call opens the file named by\n.I path\nand returns a descriptor, or \\-1 when that cannot be "
    "done for one of many reasons.\n.PP\n中文段落。\n";

TEST(ManualToText, ParagraphsAreLinesWithoutMarkup) {
  const auto text = ManualToText(kPage);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(
      *text,
      "NAME\nopen - open a file\n\nDESCRIPTION\nThe open call opens the file named by path and "
      "returns a descriptor, or -1 when that cannot be done for one of many reasons.\n\n"
      "中文段落。\n");
}

TEST(ManualToText, AliasesAndNonsenseAreBadData) {
  EXPECT_EQ(ManualToText(".so man2/open.2\n").status().message(), "only includes man2/open.2");
  EXPECT_EQ(ExitCodeFor(ManualToText("").status()), ExitCode::kBadData);
}

TEST(ManualToText, MissingProgramIsTheEnvironments) {
  EXPECT_EQ(ExitCodeFor(ManualToText(kPage, {.mandoc = "no-such-mandoc"}).status()),
            ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::corpus
