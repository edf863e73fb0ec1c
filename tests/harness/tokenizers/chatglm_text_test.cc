#include "harness/tokenizers/chatglm_text.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace bench::harness {
namespace {

TEST(MarkWhitespace, WritesLineFeedsTabsAndRunsOfSpacesAsMarks) {
  EXPECT_EQ(MarkWhitespace(""), "");
  EXPECT_EQ(MarkWhitespace("a b\n\tc  d"), "a b<n><|tab|>c<|blank_2|>d");
  EXPECT_EQ(MarkWhitespace(std::string(80, ' ')), "<|blank_80|>");
  EXPECT_EQ(MarkWhitespace(std::string(81, ' ') + "x"), "<|blank_80|> x");
  EXPECT_EQ(MarkWhitespace(std::string(165, ' ')), "<|blank_80|><|blank_80|><|blank_5|>");
  EXPECT_EQ(MarkWhitespace("a\r\u3000\n"), "a\r\u3000<n>");
}

TEST(RestoreWhitespace, TakesMarksOnlyAsTheyAreWritten) {
  EXPECT_EQ(RestoreWhitespace("a<n><|tab|><|blank_3|>b"), "a\n\t   b");
  for (const char* other : {"<|blank_1|>", "<|blank_81|>", "<|blank_02|>", "<|blank_2>", "<n", "<",
                            "<N>", "< n>", "<|blank_999999999|>", "a > b < c"}) {
    EXPECT_EQ(RestoreWhitespace(other), other);
  }
  EXPECT_EQ(RestoreWhitespace("<<n>>"), "<\n>");
}

// What the published code does: one replacement of all of the text after another.
std::string MarkStepByStep(std::string text) {
  text = absl::StrReplaceAll(text, {{"\n", "<n>"}});
  text = absl::StrReplaceAll(text, {{"\t", "<|tab|>"}});
  for (size_t n = 80; n > 1; --n) {
    text = absl::StrReplaceAll(text, {{std::string(n, ' '), absl::StrCat("<|blank_", n, "|>")}});
  }
  return text;
}
std::string RestoreStepByStep(std::string text) {
  text = absl::StrReplaceAll(text, {{"<n>", "\n"}});
  text = absl::StrReplaceAll(text, {{"<|tab|>", "\t"}});
  for (size_t n = 2; n <= 80; ++n) {
    text = absl::StrReplaceAll(text, {{absl::StrCat("<|blank_", n, "|>"), std::string(n, ' ')}});
  }
  return text;
}

TEST(Whitespace, EqualsOneReplacementAfterAnother) {
  std::mt19937 draw(5);
  const std::vector<std::string> parts = {
      " ",   "\n",      "\t",       "a", "<",  ">",           "|",  "n",
      "<n>", "<|tab|>", "<|blank_", "2", "|>", "<|blank_7|>", "80", std::string(79, ' '),
      "é"};
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text;
    for (size_t n = draw() % 12; n > 0; --n) text += parts[draw() % parts.size()];
    EXPECT_EQ(MarkWhitespace(text), MarkStepByStep(text)) << text;
    EXPECT_EQ(RestoreWhitespace(text), RestoreStepByStep(text)) << text;
  }
}

TEST(ChatglmBlankMarks, AreATabAndRunsOfTwoToEightySpaces) {
  const std::vector<std::string> marks = ChatglmBlankMarks();
  ASSERT_EQ(marks.size(), 80u);
  EXPECT_EQ(marks.front(), "<|tab|>");
  EXPECT_EQ(marks[1], "<|blank_2|>");
  EXPECT_EQ(marks.back(), "<|blank_80|>");
  for (size_t i = 1; i < marks.size(); ++i) {
    EXPECT_EQ(WhitespaceOf(marks[i]), std::string(i + 1, ' '));
  }
  EXPECT_EQ(WhitespaceOf("<n>"), "\n");
  EXPECT_EQ(WhitespaceOf("<eop>"), std::nullopt);
}

}  // namespace
}  // namespace bench::harness
