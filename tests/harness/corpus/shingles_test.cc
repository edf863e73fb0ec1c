#include "harness/corpus/shingles.h"

#include <gtest/gtest.h>
#include <xxhash.h>

namespace bench::corpus {
namespace {

std::string Normalized(std::string_view text) {
  Shingler shingler;
  return shingler.Normalize(text);
}

uint64_t Hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

TEST(Shingles, TextIsNormalised) {
  EXPECT_EQ(Normalized("  The QUICK, brown--fox's\n\ttail!  "), "the quick brown fox s tail");
  EXPECT_EQ(Normalized("Café NAÏVE Ångström e\xCC\x81t\xCC\xA3"), "cafe naive angstrom et");
  EXPECT_EQ(Normalized("snake_case 9x"), "snake case 0x");
  EXPECT_EQ(Normalized("МОСКВА Ёлка"), "москва елка");
  EXPECT_EQ(Normalized("한국어 한국"), "한국어 한국");
  EXPECT_EQ(Normalized(""), "");
  EXPECT_EQ(Normalized("... --- !!!"), "");
}

TEST(Shingles, NumbersBecomeZero) {
  EXPECT_EQ(Normalized("12 3.14 1,5 1.000.000 v2 2nd 7. 8,x"), "0 0 0 0 0 v0 0nd 0 0 x");
  EXPECT_EQ(Normalized("\xD9\xA3\xD9\xA4 \xEF\xBC\x91"), "0 0");  // Arabic-Indic, full-width
}

TEST(Shingles, UnspacedCharactersAreJoined) {
  EXPECT_EQ(Normalized("你好。我们, 走 吧"), "你好我们走吧");
  EXPECT_EQ(Normalized("用open()函数 x"), "用 open 函数 x");
}

TEST(Shingles, AreHashesOfFiveNormalisedWords) {
  Shingler shingler;
  EXPECT_EQ(shingler.Shingles("A b, C d E f!", {}),
            (std::vector<uint64_t>{Hash("a b c d e"), Hash("b c d e f")}));
  EXPECT_EQ(shingler.Shingles("a b c d e", {}).size(), 1u);
  EXPECT_TRUE(shingler.Shingles("a b c d", {}).empty());
  EXPECT_TRUE(shingler.Shingles("", {}).empty());
}

TEST(Shingles, AreHashesOfEightCharactersInChinese) {
  Shingler shingler;
  EXPECT_EQ(shingler.Shingles("我们在北京，大学里", {}).size(), 1u);
  EXPECT_EQ(shingler.Shingles("我们在北京，大学里", {})[0], Hash("我们在北京大学里"));
  EXPECT_TRUE(shingler.Shingles("我们在北京大学", {}).empty());
  EXPECT_EQ(shingler.Shingles("我们在 a b c", {}).size(), 2u);  // not more than half: words
}

}  // namespace
}  // namespace bench::corpus
