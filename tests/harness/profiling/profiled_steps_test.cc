#include "harness/profiling/profiled_steps.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

Definition Training(int64_t steps) {
  Definition definition = DefaultDefinition(StageKind::kClm);
  std::get<ClmSpec>(definition.stage).training.steps = steps;
  return definition;
}

TEST(ProfiledSteps, AreThoseAskedForWhereTheExperimentHasThem) {
  EXPECT_EQ(*StepsToProfile(Training(300), ProfiledSteps{100, 300}), (ProfiledSteps{100, 300}));
  const auto beyond = StepsToProfile(Training(300), ProfiledSteps{299, 301});
  EXPECT_TRUE(absl::IsInvalidArgument(beyond.status()));
  EXPECT_NE(std::string(beyond.status().message()).find("300 steps"), std::string::npos);
}

TEST(ProfiledSteps, ByDefaultAreTheSecondToTheFourthOrWhatThereIsOfThem) {
  EXPECT_EQ(*StepsToProfile(Training(300), std::nullopt), (ProfiledSteps{2, 4}));
  EXPECT_EQ(*StepsToProfile(Training(3), std::nullopt), (ProfiledSteps{2, 3}));
  EXPECT_EQ(*StepsToProfile(Training(1), std::nullopt), (ProfiledSteps{1, 1}));
}

TEST(ProfiledSteps, OfAStageWithoutStepsThereAreNone) {
  const Definition corpus = DefaultDefinition(StageKind::kCorpus);
  EXPECT_EQ(*StepsToProfile(corpus, std::nullopt), std::nullopt);
  EXPECT_TRUE(absl::IsInvalidArgument(StepsToProfile(corpus, ProfiledSteps{1, 2}).status()));
}

}  // namespace
}  // namespace bench::harness
