#include "trials/arm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Refusal(const std::string& text) {
  const auto arm = ParseArm(text);
  EXPECT_EQ(ExitCodeFor(arm.status()), ExitCode::kUsage);
  return std::string(arm.status().message());
}

// As sh splits them.
TEST(SplitWords, FollowsTheShell) {
  EXPECT_THAT(*SplitWords("a  b\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*SplitWords(R"(x='a "b"' "c 'd'"e)"), ElementsAre("x=a \"b\"", "c 'd'e"));
  EXPECT_THAT(*SplitWords(R"(a\ b "\"" '\')"), ElementsAre("a b", "\"", "\\"));
  EXPECT_THAT(*SplitWords("'' \"\""), ElementsAre("", ""));
  EXPECT_THAT(*SplitWords(" "), IsEmpty());
  EXPECT_FALSE(SplitWords("a 'b").ok());
  EXPECT_FALSE(SplitWords("a \"b\\\"").ok());
}

TEST(ParseArm, HasAnExperimentAndItsSettings) {
  const auto arm = ParseArm(
      R"(experiments/x --set 'training.precision="mixed"' --nproc 2 --env A=b=c --set a.b=1)");
  ASSERT_TRUE(arm.ok()) << arm.status();
  EXPECT_THAT(arm->Arguments(), ElementsAre("experiments/x", "--set", "a.b=1", "--set",
                                            "training.precision=\"mixed\"", "--nproc", "2"));
  EXPECT_EQ(arm->environment.at("A"), "b=c");
}

TEST(ParseArm, RefusesWhatIsTheComparisonsBusiness) {
  EXPECT_THAT(Refusal("x --out y"), HasSubstr("--out cannot be used here"));
  EXPECT_THAT(Refusal("x --replicate 3"), HasSubstr("--replicate cannot be used here"));
  EXPECT_THAT(Refusal("x y"), HasSubstr("two experiments, x and y"));
  EXPECT_THAT(Refusal("--set a=1"), HasSubstr("names no experiment"));
  EXPECT_THAT(Refusal("x --set a"), HasSubstr("must be NAME=VALUE"));
  EXPECT_THAT(Refusal("x --set"), HasSubstr("needs a value"));
  EXPECT_THAT(Refusal("x --set a=1 --set a=2"), HasSubstr("two things of a"));
  EXPECT_THAT(Refusal("x 'y"), HasSubstr("not closed"));
}

results::AskedDifferences Asked(const std::string& base, const std::string& head) {
  const auto asked = AskedBetween(*ParseArm(base), *ParseArm(head));
  EXPECT_TRUE(asked.ok()) << asked.status();
  return asked.value_or(results::AskedDifferences());
}

TEST(AskedBetween, IsWhatTheArmsDoNotShare) {
  EXPECT_TRUE(Asked("x --set a=1", "x --set a=1").none());
  EXPECT_THAT(Asked("x --set a=1 --set b=1", "x --set b=2 --set c=3").keys,
              ElementsAre("a", "b", "c"));
  EXPECT_TRUE(Asked("x@1", "x@2").whole_definition);
  EXPECT_TRUE(Asked("x", "x --nproc 2").ranks);
  EXPECT_TRUE(Asked("x --device cpu", "x --device cuda").device);
  EXPECT_TRUE(Asked("x", "x --env M=1").environment);
  EXPECT_FALSE(Asked("x --env M=1", "x --env M=1 --set a=1").environment);
  EXPECT_THAT(Asked("x", "x --env M=1").others,
              ElementsAre("environment variable M: not set in the base, 1 in the head"));
  EXPECT_FALSE(AskedBetween(*ParseArm("x"), *ParseArm("x --steps 3")).ok());
}

}  // namespace
}  // namespace bench::trials
