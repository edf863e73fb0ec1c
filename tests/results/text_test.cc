#include "results/text.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(ValidUtf8, WellFormedTextIsUnchanged) {
  const std::string text = "a é 繁體 🙂 \xF4\x8F\xBF\xBF";
  EXPECT_EQ(ValidUtf8(text), text);
}

TEST(ValidUtf8, EachIllFormedByteIsReplaced) {
  const std::string r = kReplacement;
  EXPECT_EQ(ValidUtf8("a\xFFz"), "a" + r + "z");
  EXPECT_EQ(ValidUtf8("\xC0\x80"), r + r);                  // overlong NUL
  EXPECT_EQ(ValidUtf8("\xE0\x9F\xBF"), r + r + r);          // overlong U+07FF
  EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), r + r + r);          // surrogate U+D800
  EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80"), r + r + r + r);  // U+110000
  EXPECT_EQ(ValidUtf8("\xE4\xBB"), r + r);                  // cut
  EXPECT_EQ(ValidUtf8(std::string("a\0b", 3)), "a" + r + "b");
}

TEST(EscapeForTerminal, ControlSequencesAreVisible) {
  EXPECT_EQ(EscapeForTerminal("\x1B[31mred\x07\n"), "\\x1b[31mred\\x07\\x0a");
  EXPECT_EQ(EscapeForTerminal("\xC2\x9B"
                              "2J"),
            "\\x9b2J");  // C1 control sequence introducer
  EXPECT_EQ(EscapeForTerminal("a\xE2\x80\xAE"
                              "b"),
            "a\\u{202e}b");  // right-to-left override
  EXPECT_EQ(EscapeForTerminal("\x7F"), "\\x7f");
}

TEST(EscapeForTerminal, PrintableTextIsUnchanged) {
  EXPECT_EQ(EscapeForTerminal("zh_hant|<b>繁體"), "zh_hant|<b>繁體");
}

}  // namespace
}  // namespace bench::results
