#include "harness/run/inspection_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::ElementsAre;

TEST(Escaped, ShowsTheLinesOfATextOnOne) {
  EXPECT_EQ(Escaped("### Instruction:\nsay \"hi\"\r\n\t\\n"),
            R"("### Instruction:\nsay \"hi\"\r\n\t\\n")");
  EXPECT_EQ(Escaped(""), "\"\"");
  EXPECT_EQ(Escaped("你好"), "\"你好\"");
}

TEST(Escaped, LeavesOutTheMiddleOfALongTextAtCharacters) {
  EXPECT_EQ(Escaped("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(Escaped("abcdefgh", 6), R"("abc" ... 2 bytes ... "fgh")");
  // Each of these takes three bytes, and four bytes fall into the second and the third.
  EXPECT_EQ(Escaped("你好世界", 8), R"("你" ... 6 bytes ... "界")");
}

TEST(RefusedLines, NameTheReasonThePlaceAndTheFirstMessage) {
  SkippedRecords refused;
  refused.Add("no valid JSON", "a.jsonl:3: ", 1, "no valid JSON at column 2: a NUL byte");
  EXPECT_THAT(RefusedLines(refused),
              ElementsAre("refused:       1 no valid JSON (first: a.jsonl:3: no valid JSON at "
                          "column 2: a NUL byte)"));
  EXPECT_TRUE(RefusedLines({}).empty());
}

TEST(Spread, IsOfWhatWasAdded) {
  Spread spread;
  EXPECT_EQ(spread.Text(), "none");
  spread.Add(3);
  EXPECT_EQ(spread.Text(), "3");
  spread.Add(6);
  spread.Add(3);
  EXPECT_EQ(spread.Text(), "3 to 6, 4.0 on average");
}

TEST(Labelled, LinesUpTheTexts) {
  InspectionLines lines = {Labelled("read as", "x")};
  Append({Labelled("", "y")}, lines);
  EXPECT_THAT(lines, ElementsAre("read as:       x", ":              y"));
}

}  // namespace
}  // namespace bench::harness
