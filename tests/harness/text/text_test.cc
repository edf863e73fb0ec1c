#include "harness/text/text.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(FirstInvalidUtf8, AcceptsEveryLengthAndTheLastCodePoint) {
  EXPECT_EQ(FirstInvalidUtf8("a\xC3\xA9\xE4\xB8\xAD\xF4\x8F\xBF\xBF"), std::nullopt);
  EXPECT_EQ(FirstInvalidUtf8(std::string_view("\0", 1)), std::nullopt);
}

TEST(FirstInvalidUtf8, NamesTheOffsetOfSurrogatesOverlongFormsAndCutCharacters) {
  EXPECT_EQ(FirstInvalidUtf8("ab\xED\xA0\x80"), 2u);     // U+D800
  EXPECT_EQ(FirstInvalidUtf8("\xC0\xAF"), 0u);           // overlong '/'
  EXPECT_EQ(FirstInvalidUtf8("a\xF4\x90\x80\x80"), 1u);  // U+110000
  EXPECT_EQ(FirstInvalidUtf8("中\xE4\xB8"), 3u);         // cut
  EXPECT_EQ(FirstInvalidUtf8("\xFF"), 0u);
}

TEST(CodePoints, ReplacesInvalidBytesAndRoundTripsValidText) {
  EXPECT_EQ(CodePoints("a\xFFz"), U"a\uFFFDz");
  EXPECT_EQ(ToUtf8(CodePoints("é中😀")), "é中😀");
  EXPECT_EQ(NumCharacters("é中😀"), 3);
}

TEST(TrimWhitespace, RemovesUnicodeSpaceAtBothEndsOnly) {
  EXPECT_EQ(TrimWhitespace(" \t\u3000\u00A0a b\u2028\n"), "a b");
  EXPECT_EQ(TrimWhitespace("\u3000 "), "");
  EXPECT_EQ(TrimTrailingWhitespace(" a\u3000"), " a");
}

TEST(FoldText, KeepsLowerCaseLettersAndDigits) {
  EXPECT_EQ(FoldText("Open File... (2)"), "openfile2");
  EXPECT_EQ(FoldText("打开文件（É）：%s"), "打开文件és");
}

TEST(FoldText, KeepsTextWithoutLetters) { EXPECT_EQ(FoldText("..."), "..."); }

TEST(HasHan, TellsIdeographsFromOtherScripts) {
  EXPECT_TRUE(HasHan("abc 中"));
  EXPECT_TRUE(HasHan("𠀀"));
  EXPECT_FALSE(HasHan("abc かな，。"));
}

TEST(HasControlCharacter, SeesNewlinesTabsAndNul) {
  EXPECT_TRUE(HasControlCharacter("a\nb"));
  EXPECT_TRUE(HasControlCharacter("a\tb"));
  EXPECT_TRUE(HasControlCharacter(std::string_view("\0", 1)));
  EXPECT_FALSE(HasControlCharacter("a b\u3000"));
}

}  // namespace
}  // namespace bench::harness
