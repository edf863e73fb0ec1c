#include "harness/text/named_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using Groups = NamedPattern::Groups;

std::optional<Groups> Search(const std::string& pattern, std::string_view line) {
  auto compiled = NamedPattern::Compile(pattern);
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  auto groups = compiled->Search(line);
  EXPECT_TRUE(groups.ok()) << groups.status();
  return *groups;
}

TEST(NamedPattern, FindsGroupsByTheNamesOfPythonAndIcu) {
  EXPECT_EQ(Search(R"(step (?P<step>\d+).*loss=(?<train_loss>[0-9.]+))", "[x] step 12, loss=0.5!"),
            (Groups{{"step", "12"}, {"train_loss", "0.5"}}));
  EXPECT_EQ(Search("(?P<a>x)", "yyy"), std::nullopt);
}

// Groups without names, classes with brackets and parentheses, escapes and quotations are counted
// as ICU counts them: the group that has a name is the fourth here.
TEST(NamedPattern, CountsGroupsWithoutNames) {
  EXPECT_EQ(Search(R"((a)(?:b)(?=c)[(\]](?P<n>d)?)", "xabc"), std::nullopt);
  EXPECT_EQ(Search(R"((a)(?:b)((c))[()\]]\(\Q(\E(?<=\()(?P<n>d))", "abc)((d"),
            (Groups{{"n", "d"}}));
  EXPECT_EQ(Search("[[(]x](?P<n>.)", "(7"), (Groups{{"n", "7"}}));
}

TEST(NamedPattern, LeavesOutAGroupThatTookNoPart) {
  EXPECT_EQ(Search("(?P<a>x)|(?P<b>y)", "y"), (Groups{{"b", "y"}}));
}

TEST(NamedPattern, KnowsTextBeyondAscii) {
  EXPECT_EQ(Search("损失 (?P<loss>\\S+)", "损失 ０.5 完"), (Groups{{"loss", "０.5"}}));
  EXPECT_EQ(Search("(?P<x>a.b)",
                   "a\xff"
                   "b"),
            (Groups{{"x",
                     "a\xef\xbf\xbd"
                     "b"}}));
}

std::string Refusal(const std::string& pattern) {
  const absl::Status status = NamedPattern::Compile(pattern).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << pattern;
  return std::string(status.message());
}

TEST(NamedPattern, SaysWhyItIsNone) {
  EXPECT_THAT(Refusal("(?P<a>x"), HasSubstr("U_REGEX_MISMATCHED_PAREN"));
  EXPECT_THAT(Refusal("(?P<a"), HasSubstr("no valid name"));
  EXPECT_THAT(Refusal("(?P<>x)"), HasSubstr("no valid name"));
  EXPECT_THAT(Refusal("(?P<a b>x)"), HasSubstr("no valid name"));
  EXPECT_THAT(Refusal("(?P<a>x)(?P<a>y)"), HasSubstr("two groups have the name a"));
}

// Exponential without the limit.
TEST(NamedPattern, GivesUpOnALineThatTakesTooLong) {
  auto pattern = NamedPattern::Compile("(?P<x>(a+)+)$");
  ASSERT_TRUE(pattern.ok());
  const auto groups = pattern->Search(std::string(40, 'a') + "b");
  EXPECT_EQ(ExitCodeFor(groups.status()), ExitCode::kBadData);
  EXPECT_THAT(groups.status().message(), HasSubstr("takes too long"));
  EXPECT_TRUE((*pattern->Search("aaa")).has_value());  // and can go on
}

}  // namespace
}  // namespace bench::harness
