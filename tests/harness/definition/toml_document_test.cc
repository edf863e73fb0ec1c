#include "harness/definition/toml_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string Refusal(std::string_view text) {
  return std::string(ParseToml(text, "t.toml").status().message());
}

std::string Repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(ParseToml, SyntaxErrorsHaveLineAndColumn) {
  EXPECT_THAT(Refusal("a = 1\nb = \n"), StartsWith("t.toml:2:5: "));
  EXPECT_THAT(Refusal("a = \"\xff\"\n"), StartsWith("t.toml:1:5: "));
  EXPECT_THAT(Refusal(std::string("a = 1\nb\0 = 2", 12)), StartsWith("t.toml:2:"));
  EXPECT_EQ(ExitCodeFor(ParseToml("=", "t.toml").status()), ExitCode::kUsage);
}

TEST(ParseToml, NumbersOutOfRangeAreRefused) {
  EXPECT_THAT(Refusal("a = 9223372036854775808"), StartsWith("t.toml:1:"));
  EXPECT_THAT(Refusal("a = 1e400"), StartsWith("t.toml:1:"));
}

// Each of these crashes toml++ 3.3 or comes near its limits.
TEST(ParseToml, DepthBombsAreRefusedWithTheirPlace) {
  EXPECT_THAT(Refusal(Repeated("a.", 400000) + "a = 1"),
              AllOf(StartsWith("t.toml:1:"), HasSubstr("nested deeper")));
  EXPECT_THAT(Refusal("x = 1\n[" + Repeated("a.", 300000) + "a]\n"), StartsWith("t.toml:2:"));
  EXPECT_THAT(Refusal("a = " + Repeated("[", 500000)), HasSubstr("nested deeper"));
  EXPECT_THAT(Refusal("a = " + Repeated("{a=", 300000)), HasSubstr("nested deeper"));
  EXPECT_THAT(Refusal("a = [\n" + Repeated("{a.a.a = [\n", 80000)), HasSubstr("nested deeper"));
  EXPECT_THAT(Refusal(Repeated("\"a\" . ", 100000) + "a = 1"), HasSubstr("nested deeper"));
}

TEST(ParseToml, DotsAndBracketsInStringsAndCommentsAreNotNesting) {
  const std::string dots = Repeated(".[{", 100);
  EXPECT_EQ(Refusal("# " + dots + "\na = \"" + dots + "\"\nb = '" + dots + "'\nc = \"\"\"\n" +
                    dots + "\\\"\"\"\"\"\nd = '''" + dots + "'\n'''\n"),
            "");
  EXPECT_EQ(Refusal("a = [" + Repeated("1.5, ", 100) + "]"), "");
  EXPECT_EQ(Refusal(Repeated("[[t]]\nx.y = [1]\n", 100)), "");
}

TEST(ParseToml, AStringInDisguiseDoesNotHideNesting) {
  const std::string bomb = Repeated("a.", 400000) + "a = 1";
  EXPECT_NE(Refusal("x = \"\\\"\"\n" + bomb), "");
  EXPECT_NE(Refusal("x = '\\'\n" + bomb), "");
  EXPECT_NE(Refusal("x = \"\"\"a\\\"\"\"\"\n" + bomb), "");
  EXPECT_NE(Refusal("x = '''a'''''\n" + bomb), "");
  EXPECT_NE(Refusal("# \"\n" + bomb), "");
}

TEST(ParseToml, RefusesMoreThanAMebibyte) {
  EXPECT_EQ(Refusal(std::string(1 << 20, '\n')), "");
  EXPECT_EQ(Refusal(std::string((1 << 20) + 1, '\n')),
            "t.toml: 1048577 bytes; a definition has at most 1048576");
}

TEST(Position, ShowsAnOverrideInsteadOfAColumn) {
  const auto file = ParseToml("a = 1", "t.toml");
  const auto override = ParseToml("a = 1", "--set a=1");
  EXPECT_EQ(Position(file->get("a")->source(), ""), "t.toml:1:5");
  EXPECT_EQ(Position(override->get("a")->source(), ""), "--set a=1");
  EXPECT_EQ(Position({}, "fallback"), "fallback");
}

}  // namespace
}  // namespace bench::harness
