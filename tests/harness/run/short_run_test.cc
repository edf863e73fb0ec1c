#include "harness/run/short_run.h"

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using Overrides = std::vector<std::string>;

Definition Training(int64_t steps, int64_t warmup_steps, int64_t every_steps) {
  SftSpec spec;
  spec.training.steps = steps;
  spec.schedule.warmup_steps = warmup_steps;
  spec.evaluation.every_steps = every_steps;
  Definition definition;
  definition.stage = spec;
  return definition;
}

TEST(ShortRun, WhateverIsCountedInStepsIsScaledByTheSameFactor) {
  Definition definition = Training(1000, 100, 250);
  definition.run.checkpoint_every_steps = 500;
  const auto overrides = ShortRunOverrides(definition, 20);
  ASSERT_TRUE(overrides.ok()) << overrides.status();
  EXPECT_EQ(*overrides, (Overrides{"training.steps=20", "schedule.warmup_steps=2",
                                   "evaluation.every_steps=5", "run.checkpoint_every_steps=10"}));
}

TEST(ShortRun, WhatNeverHappensStaysSoAndWhatHappensHappensAtMostEveryStep) {
  EXPECT_EQ(*ShortRunOverrides(Training(1000, 0, 0), 1), Overrides{"training.steps=1"});
  EXPECT_EQ(*ShortRunOverrides(Training(1000, 10, 0), 20),
            (Overrides{"training.steps=20", "schedule.warmup_steps=1"}));  // of 0.2 steps
  EXPECT_EQ(*ShortRunOverrides(Training(1000, 0, 10), 3),
            (Overrides{"training.steps=3", "evaluation.every_steps=1"}));
}

TEST(ShortRun, OfPpoAlsoTheRolloutsThatTrainTheValueModelAlone) {
  PpoSpec spec;
  spec.training.steps = 80;
  spec.value.warmup_rollouts = 5;
  Definition definition;
  definition.stage = spec;
  EXPECT_EQ(*ShortRunOverrides(definition, 24),
            (Overrides{"training.steps=24", "value.warmup_rollouts=1"}));
}

TEST(ShortRun, AStageThatDoesNotTrainHasNoSteps) {
  Definition definition;
  definition.stage = TokenizerSpec();
  const auto overrides = ShortRunOverrides(definition, 20);
  EXPECT_EQ(ExitCodeFor(overrides.status()), ExitCode::kUsage);
  EXPECT_NE(overrides.status().message().find("stage tokenizer trains no steps"),
            std::string::npos);
}

}  // namespace
}  // namespace bench::harness
