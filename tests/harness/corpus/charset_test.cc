#include "harness/corpus/charset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "harness/corpus/html_text.h"

namespace bench::corpus {
namespace {

using ::testing::HasSubstr;

// The bytes are those of Python's codecs.
TEST(TextInUtf8, ConvertsFromTheCharsetThatIsDeclared) {
  struct Case {
    const char* label;
    std::string_view bytes;
    const char* text;
  };
  const Case cases[] = {
      {"GB2312", "\xC4\xE3\xBA\xC3\xA3\xAC\xCA\xC0\xBD\xE7", "你好，世界"},
      {"gbk", "\xC4\xE3\xBA\xC3", "你好"},
      {"big5", "\xA7\x41\xA6\x6E", "你好"},
      // A page that says Latin-1 means windows-1252, as browsers have it.
      {"ISO-8859-1", "\xDC\x6E\xEF\x63\x6F\x64\x65\x20\x80", "Ünïcode €"},
      {"euc-jp", "\xC6\xFC\xCB\xDC\xB8\xEC", "日本語"},
      // Seven bits, which would be valid UTF-8 too.
      {"iso-2022-jp", "\x1B\x24\x42\x46\x7C\x4B\x5C\x38\x6C\x1B\x28\x42", "日本語"},
      {"euc-kr", "\xC7\xD1\xB1\xB9\xBE\xEE", "한국어"},
      {"koi8-r", "\xF0\xD2\xC9\xD7\xC5\xD4", "Привет"},
      {"latin2", "\xBF\xF3\xB3\x77", "żółw"},
      {"", std::string_view("\xFF\xFE\x61\x00\x2D\x4E", 6), "a中"},
      {"koi8-r", "\xEF\xBB\xBFок", "ок"},
      // Valid UTF-8 is taken for it, whatever is declared.
      {"windows-1251", "уже UTF-8", "уже UTF-8"},
      {"no-such", "ascii", "ascii"},
  };
  for (const Case& c : cases) {
    const auto text = TextInUtf8(c.bytes, c.label);
    ASSERT_TRUE(text.ok()) << c.label << text.status();
    EXPECT_EQ(*text, c.text) << c.label;
  }
}

TEST(TextInUtf8, RefusesWhatItCannotConvert) {
  const auto refusal = [](std::string_view bytes, const char* label) {
    const auto text = TextInUtf8(bytes, label);
    EXPECT_EQ(ExitCodeFor(text.status()), ExitCode::kBadData);
    return std::string(text.status().message());
  };
  EXPECT_EQ(refusal("caf\xE9", ""), "not valid UTF-8 at byte 3");
  EXPECT_EQ(
      refusal("caf\xE9", "utf-9"),
      "not valid UTF-8, and the charset that is declared, \"utf-9\", is not known; only those "
      "of the WHATWG Encoding Standard are");
  EXPECT_THAT(refusal("\xC4\xE3\xBA\xC3\xFF", "gb18030"), HasSubstr("not valid gb18030 near byte"));
  EXPECT_THAT(refusal("\xC6\xFC\x8F", "euc-jp"), HasSubstr("not valid EUC-JP near byte"));
  EXPECT_THAT(refusal("caf\xE9", "utf-8"), HasSubstr("not valid UTF-8 near byte"));
  EXPECT_THAT(refusal(std::string_view("\xFE\xFF\xD8\x00", 4), ""), HasSubstr("UTF-16BE"));
}

TEST(DeclaredInHtml, IsWhatAMetaElementOfTheHeadSays) {
  EXPECT_EQ(DeclaredInHtml("<html><META charset = \"GBK\" ><p>"), "gbk");
  EXPECT_EQ(DeclaredInHtml("<meta name=a content=b><meta charset=big5>"), "big5");
  EXPECT_EQ(DeclaredInHtml("<meta http-equiv='Content-Type' content='text/html;charset=EUC-KR'/>"),
            "euc-kr");
  EXPECT_EQ(DeclaredInHtml("<!-- <meta charset=x> --><meta charset='y'>"), "y");
  EXPECT_EQ(DeclaredInHtml("<meta charset=utf-16le>"), "utf-8");
  EXPECT_EQ(DeclaredInHtml("<meta name=charset content=x><p>charset=y"), "");
  EXPECT_EQ(DeclaredInHtml("<meta charset"), "");
  EXPECT_EQ(DeclaredInHtml(std::string(1024, ' ') + "<meta charset=big5>"), "");
  EXPECT_EQ(DeclaredInHtml("<!-- never ends <meta charset=x>"), "");
}

TEST(HtmlInUtf8, TheTransportsWordComesBeforeThePagesOwn) {
  const std::string page = "<meta charset=koi8-r><p>\xEF\xF0";
  EXPECT_EQ(HtmlToText(HtmlInUtf8(page).value()).value(), "ОП");
  EXPECT_EQ(HtmlToText(HtmlInUtf8(page, "windows-1251").value()).value(), "пр");
}

TEST(CharsetOf, IsTheParameterOfAContentType) {
  EXPECT_EQ(CharsetOf("text/html; Charset=\"UTF-8\"; x=y"), "utf-8");
  EXPECT_EQ(CharsetOf("text/html"), "");
  EXPECT_EQ(CharsetOf("text/html; charset="), "");
}

}  // namespace
}  // namespace bench::corpus
