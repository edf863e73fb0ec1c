#include "harness/corpus/unicode_text.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

std::string Normalized(std::string_view bytes) { return *NormalizeText(bytes); }

TEST(NormalizeText, ComposesToNfc) {
  EXPECT_EQ(Normalized("e\xCC\x81"), "\xC3\xA9");         // e + combining acute
  EXPECT_EQ(Normalized("\xE2\x84\xAB"), "\xC3\x85");      // ANGSTROM SIGN
  EXPECT_EQ(Normalized("\xEF\xAC\x81"), "\xEF\xAC\x81");  // fi ligature: NFC, unlike NFKC, keeps it
  EXPECT_EQ(Normalized("中文，全角"), "中文，全角");
}

TEST(NormalizeText, EveryLineEndIsANewline) {
  EXPECT_EQ(Normalized("a\r\nb\rc\vd\fe\xC2\x85"
                       "f\xE2\x80\xA8g\xE2\x80\xA9h\n\r\ni"),
            "a\nb\nc\nd\ne\nf\ng\nh\n\ni");
}

TEST(NormalizeText, RemovesControlsAndByteOrderMarks) {
  using std::string_literals::operator""s;
  EXPECT_EQ(Normalized("\xEF\xBB\xBF"
                       "a\0b\x1B[1mc\x7F\xC2\x9F d\te"s),
            "ab[1mc d\te");
}

TEST(NormalizeText, TrimsBlankLinesButNoIndentation) {
  EXPECT_EQ(Normalized(" \n\t\n  first\n  second \n \n"), "  first\n  second");
  EXPECT_EQ(Normalized(" \n \t "), "");
  EXPECT_EQ(Normalized("  x"), "  x");
}

TEST(NormalizeText, IsIdempotent) {
  for (const std::string_view text :
       {"a\r\n\r\n\xCC\x81 b", "\xEF\xBB\xBF\n x \xC2\xA0", "e\xEF\xBB\xBF\xCC\x81", "\r\r\n\n"}) {
    const std::string once = Normalized(text);
    EXPECT_EQ(Normalized(once), once);
  }
}

TEST(NormalizeText, InvalidUtf8NamesTheByte) {
  for (const std::string_view bad :
       {"ab\xFF", "ab\xC0\xAF", "ab\xED\xA0\x80", "ab\xF4\x90\x80\x80", "ab\xE4\xB8"}) {
    const auto result = NormalizeText(bad);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().message(), "not valid UTF-8 at byte 2");
  }
}

TEST(NormalizeText, Utf16IsNamedByItsMark) {
  for (const std::string_view text :
       {std::string_view("\xFF\xFE\x61\0", 4), std::string_view("\xFE\xFF\0\x61", 4)}) {
    EXPECT_EQ(NormalizeText(text).status().message(), "starts as UTF-16; save it as UTF-8");
  }
}

}  // namespace
}  // namespace bench::corpus
