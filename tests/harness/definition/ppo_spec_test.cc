#include "harness/definition/ppo_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/definition/definition.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSmallPpo = R"(stage = "ppo"
[model]
hidden_size = 128
num_layers = 4
num_heads = 4
intermediate_size = 352
[tokenizer]
path = "t.model"
[data]
dataset = "translations@1"
[init]
artifact = "sft_small@1"
[reward]
artifact = "rm_small@1"
[optimizer]
learning_rate = 3e-6
[training]
steps = 80
batch_size = 8
)";

std::string Without(std::string_view line) {
  std::string text(kSmallPpo);
  const size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos);
  return text.erase(at, line.size());
}

// Huang et al., arXiv:2403.17031, table 8 and section 3.
TEST(PpoSpec, DefaultsAreThoseOfNPlus) {
  const auto definition = Decode(kSmallPpo);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<PpoSpec>(definition->stage);
  EXPECT_EQ(spec.ppo.epochs, 4);
  EXPECT_EQ(spec.ppo.mini_batches, 1);
  EXPECT_EQ(spec.ppo.gamma, 1);
  EXPECT_EQ(spec.ppo.lambda, 0.95);
  EXPECT_EQ(spec.ppo.clip_ratio, 0.2);
  EXPECT_EQ(spec.ppo.value_clip, 0.2);
  EXPECT_EQ(spec.ppo.value_coefficient, 0.1);
  EXPECT_EQ(spec.ppo.kl_coefficient, 0.05);
  EXPECT_EQ(spec.ppo.kl_estimator, KlEstimator::kK1);
  EXPECT_EQ(spec.rollout.max_new_tokens, 53);
  EXPECT_EQ(spec.rollout.temperature, 0.7);
  EXPECT_EQ(spec.reward.missing_eos, MissingEos::kReplace);
  EXPECT_EQ(spec.reward.missing_eos_score, -1);
  EXPECT_EQ(spec.optimizer.epsilon, 1e-5);
  EXPECT_EQ(spec.optimizer.beta2, 0.999);
  EXPECT_EQ(spec.optimizer.max_grad_norm, 0);
  EXPECT_EQ(spec.schedule.kind, ScheduleKind::kLinear);
  EXPECT_EQ(spec.schedule.final_ratio, 0);
  EXPECT_FALSE(spec.ppo.adaptive_kl_target);
  EXPECT_EQ(spec.data.dataset_part, "ppo");
}

TEST(PpoSpec, NeedsTheArtifactsOfItsDataPolicyAndRewardModel) {
  const auto definition = Decode(kSmallPpo);
  ASSERT_TRUE(definition.ok()) << definition.status();
  std::vector<std::string> names;
  for (const ArtifactRef& ref : ReferencedArtifacts(*definition)) names.push_back(ToString(ref));
  EXPECT_EQ(names, (std::vector<std::string>{"translations@1", "sft_small@1", "rm_small@1"}));
}

TEST(PpoSpec, ThePolicyBeginsFromTrainedWeights) {
  EXPECT_THAT(Refusal(kSmallPpo, {"init.weights=\"random\""}),
              HasSubstr("init.weights: a policy begins from trained weights"));
  EXPECT_THAT(Refusal(Without("artifact = \"sft_small@1\"\n")),
              HasSubstr("init.artifact: weights = \"artifact\" needs artifact"));
}

TEST(PpoSpec, ALearnedObjectiveNeedsARewardModelAndAVerifiableOneDoesNot) {
  const std::string without = Without("artifact = \"rm_small@1\"\n");
  EXPECT_THAT(Refusal(without), HasSubstr("reward.artifact: objective = \"learned\" needs"));
  EXPECT_THAT(Refusal(without, {"reward.objective=\"verifiable\""}),
              HasSubstr("value.init: there is no reward model to begin with"));
  EXPECT_EQ(Refusal(without, {"reward.objective=\"verifiable\"", "value.init=\"policy\""}), "");
  EXPECT_EQ(Refusal(without, {"reward.objective=\"verifiable\"", "value.model=\"shared\""}), "");
}

TEST(PpoSpec, OnlyAValueModelOfItsOwnWarmsUp) {
  EXPECT_EQ(Refusal(kSmallPpo, {"value.warmup_rollouts=5"}), "");
  EXPECT_THAT(Refusal(kSmallPpo, {"value.warmup_rollouts=5", "value.model=\"shared\""}),
              HasSubstr("value.warmup_rollouts: has no use with model = \"shared\""));
}

TEST(PpoSpec, BatchesDivideAndRolloutsAreWhole) {
  EXPECT_THAT(Refusal(kSmallPpo, {"ppo.mini_batches=3", "training.steps=84"}),
              HasSubstr("training.batch_size: 8 is not a multiple of ppo.mini_batches 3"));
  EXPECT_THAT(Refusal(kSmallPpo, {"ppo.mini_batches=2", "training.micro_batch_size=3"}),
              HasSubstr("training.micro_batch_size: 3 does not divide the 4 rows"));
  EXPECT_EQ(Refusal(kSmallPpo, {"ppo.mini_batches=2", "training.micro_batch_size=2"}), "");
  EXPECT_THAT(Refusal(kSmallPpo, {"training.steps=81"}),
              HasSubstr("training.steps: 81 is not a multiple of ppo.epochs x mini_batches 4"));
}

TEST(PpoSpec, WhatIsTrainedOnIsNotEvaluatedOn) {
  EXPECT_THAT(Refusal(kSmallPpo, {"data.evaluation_part=\"ppo\""}),
              HasSubstr("data.evaluation_part: is the part that is trained on"));
}

TEST(PpoSpec, PromptAndResponseFitIntoThePositions) {
  // The policy's weights bring their positions along, so only given ones are known here.
  EXPECT_THAT(Refusal(kSmallPpo, {"model.max_positions=1024", "training.max_tokens=1025"}),
              HasSubstr("1025 is more than model.max_positions 1024"));
  EXPECT_EQ(Refusal(kSmallPpo, {"training.max_tokens=1025"}), "");
  EXPECT_THAT(Refusal(kSmallPpo, {"rollout.max_new_tokens=512"}),
              HasSubstr("512 leaves no room for a prompt in training.max_tokens 512"));
  EXPECT_EQ(Refusal(kSmallPpo, {"rollout.max_new_tokens=511"}), "");
}

TEST(PpoSpec, AdvantagesFromGroupsCompareResponsesAndValueNothing) {
  const std::vector<std::string> group = {"ppo.advantages=\"group\"", "ppo.kl_estimator=\"k3\"",
                                          "rollout.responses_per_prompt=4"};
  const auto with = [&](const std::string& more) {
    std::vector<std::string> overrides = group;
    overrides.push_back(more);
    return Refusal(kSmallPpo, overrides);
  };
  EXPECT_EQ(Refusal(kSmallPpo, group), "");
  EXPECT_THAT(with("rollout.responses_per_prompt=1"),
              HasSubstr("rollout.responses_per_prompt: ppo.advantages = \"group\" compares"));
  EXPECT_THAT(with("rollout.responses_per_prompt=3"),
              HasSubstr("rollout.responses_per_prompt: 3 does not divide training.batch_size 8"));
  EXPECT_THAT(with("ppo.kl_estimator=\"k1\""), HasSubstr("ppo.kl_estimator: in the loss"));
  EXPECT_THAT(with("ppo.adaptive_kl_target=6"), HasSubstr("ppo.adaptive_kl_target: has no use"));
  EXPECT_THAT(with("value.warmup_rollouts=1"), HasSubstr("value.warmup_rollouts: has no use"));
  EXPECT_THAT(with("ppo.lambda=0.9"), HasSubstr("ppo.lambda: has no use"));
  EXPECT_THAT(Refusal(kSmallPpo, {"ppo.scale_by_group=false"}),
              HasSubstr("ppo.scale_by_group: has no use"));
  // Without a value model nothing has to begin as a reward model.
  std::vector<std::string> verifiable = group;
  verifiable.emplace_back("reward.objective=\"verifiable\"");
  EXPECT_EQ(Refusal(Without("artifact = \"rm_small@1\"\n"), verifiable), "");
}

TEST(PpoSpec, AFinalAnswerFollowsAMark) {
  EXPECT_THAT(Refusal(kSmallPpo, {"reward.verifiable=\"final_answer\""}),
              HasSubstr("reward.mark: verifiable = \"final_answer\" needs"));
  EXPECT_EQ(Refusal(kSmallPpo, {"reward.verifiable=\"final_answer\"", "reward.mark=\"=\""}), "");
}

}  // namespace
}  // namespace bench::harness
