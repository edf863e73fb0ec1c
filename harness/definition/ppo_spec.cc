#include "harness/definition/ppo_spec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/message_text.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

void ValidateInit(const InitSpec& spec, const Violations& violations) {
  if (spec.weights != InitSource::kRandom) return Validate(spec, violations);
  violations.Add("weights",
                 "a policy begins from trained weights: weights = \"artifact\" or \"folder\"");
}

void ValidateReward(const PpoSpec& spec, const Violations& violations) {
  const PpoRewardSpec& reward = spec.reward;
  if (reward.artifact && reward.folder) {
    violations.Add("reward.folder",
                   "needs at most one of artifact = \"NAME@N\" and folder = \"...\"");
  }
  const bool needs_mark = reward.verifiable == VerifiableReward::kFinalAnswer;
  if (needs_mark && reward.mark.empty()) {
    violations.Add("reward.mark", "verifiable = \"final_answer\" needs what the answer follows");
  }
  if (reward.artifact || reward.folder) return;
  if (reward.objective == PpoObjective::kLearned) {
    violations.Add("reward.artifact",
                   "objective = \"learned\" needs artifact = \"NAME@N\" or folder = \"...\"");
  } else if (spec.has_values() && spec.value.model == ValueModel::kOwn &&
             spec.value.init == ValueInit::kReward) {
    violations.Add("value.init",
                   "there is no reward model to begin with: give one, or init = \"policy\"");
  }
}

void ValidateValue(const PpoSpec& spec, const Violations& violations) {
  const int64_t warmup = spec.value.warmup_rollouts;
  if (!spec.has_values() && warmup > 0) {
    violations.Add("warmup_rollouts",
                   "has no use with ppo.advantages = \"group\": there is no value model");
  } else if (spec.value.model == ValueModel::kShared && warmup > 0) {
    violations.Add("warmup_rollouts",
                   "has no use with model = \"shared\": its trunk is the policy");
  } else if (warmup > 0 && warmup * spec.steps_per_rollout() >= spec.training.steps) {
    violations.Add("warmup_rollouts",
                   absl::StrCat(warmup, " rollouts leave no step of training.steps ",
                                spec.training.steps, " for the policy"));
  }
}

// The factor of an update is at least 1 - 0.2 x batch / horizon.
void ValidateAdaptiveKl(const PpoSpec& spec, const Violations& violations) {
  if (!spec.ppo.adaptive_kl_target) return;
  const double least = 0.2 * static_cast<double>(spec.training.batch_size);
  if (spec.ppo.adaptive_kl_horizon <= least) {
    violations.Add(
        "ppo.adaptive_kl_horizon",
        absl::StrCat(NumberText(spec.ppo.adaptive_kl_horizon), " is not above ", NumberText(least),
                     ", a fifth of the batch: the coefficient could turn negative"));
  }
  if (spec.ppo.kl_coefficient == 0) {
    violations.Add("ppo.kl_coefficient", "0 stays 0 however it adapts");
  }
}

// What only values and their advantages read.
void ValidateUnusedByGroups(const PpoSettings& spec, const Violations& violations) {
  const PpoSettings usual;
  const std::pair<const char*, bool> changed[] = {
      {"gamma", spec.gamma != usual.gamma},
      {"lambda", spec.lambda != usual.lambda},
      {"value_clip", spec.value_clip != usual.value_clip},
      {"value_coefficient", spec.value_coefficient != usual.value_coefficient},
      {"score_position", spec.score_position != usual.score_position},
      {"value_positions", spec.value_positions != usual.value_positions},
      {"whiten_rewards", spec.whiten_rewards != usual.whiten_rewards},
      {"whiten_advantages", spec.whiten_advantages != usual.whiten_advantages}};
  for (const auto& [key, is_changed] : changed) {
    if (is_changed) violations.Add(key, "has no use with advantages = \"group\"");
  }
}

void ValidateGroups(const PpoSpec& spec, const Violations& violations) {
  const int64_t group = spec.rollout.responses_per_prompt;
  if (spec.training.batch_size % group != 0) {
    violations.Add(
        "rollout.responses_per_prompt",
        absl::StrCat(group, " does not divide training.batch_size ", spec.training.batch_size));
  }
  const PpoSettings usual;
  if (spec.has_values()) {
    if (spec.ppo.scale_by_group != usual.scale_by_group) {
      violations.Add("ppo.scale_by_group", "has no use with ppo.advantages = \"gae\"");
    }
    return;
  }
  ValidateUnusedByGroups(spec.ppo, violations.In("ppo"));
  if (group < 2) {
    violations.Add("rollout.responses_per_prompt",
                   "ppo.advantages = \"group\" compares at least 2 responses to a prompt");
  }
  if (spec.ppo.kl_coefficient > 0 && spec.ppo.kl_estimator != KlEstimator::kK3) {
    violations.Add("ppo.kl_estimator",
                   "in the loss of ppo.advantages = \"group\" it has to be \"k3\": the expected "
                   "gradient of k1 is 0");
  }
  if (spec.ppo.adaptive_kl_target) {
    violations.Add("ppo.adaptive_kl_target", "has no use with ppo.advantages = \"group\"");
  }
}

void ValidateBatch(const PpoSpec& spec, const Violations& violations) {
  const TrainingSpec& training = spec.training;
  if (training.batch_size % spec.ppo.mini_batches != 0) {
    violations.Add("training.batch_size",
                   absl::StrCat(training.batch_size, " is not a multiple of ppo.mini_batches ",
                                spec.ppo.mini_batches));
  } else if (spec.mini_batch_rows() % spec.micro_rows() != 0) {
    violations.Add("training.micro_batch_size",
                   absl::StrCat(training.micro_batch_size, " does not divide the ",
                                spec.mini_batch_rows(), " rows of a mini-batch"));
  }
  if (training.steps % spec.steps_per_rollout() != 0) {
    violations.Add("training.steps",
                   absl::StrCat(training.steps, " is not a multiple of ppo.epochs x mini_batches ",
                                spec.steps_per_rollout()));
  }
  if (spec.schedule.warmup_steps > training.steps) {
    violations.Add(
        "schedule.warmup_steps",
        absl::StrCat(spec.schedule.warmup_steps, " is more than training.steps ", training.steps));
  }
  if (KnowsPositions(spec.model, spec.init)) {
    ValidateMaxTokens(training, spec.model.max_positions, violations);
  }
  if (spec.max_prompt_tokens() < 1) {
    violations.Add(
        "rollout.max_new_tokens",
        absl::StrCat(spec.rollout.max_new_tokens,
                     " leaves no room for a prompt in training.max_tokens ", training.max_tokens));
  }
}

}  // namespace

void Describe(PpoDataSpec& spec, FieldList& fields) {
  Describe(spec.source, fields);
  fields.Leaf(
      "dataset_part", spec.dataset_part,
      {.doc = "part of dataset whose prompts are answered in training", .role = TextRole::kName});
  fields.Leaf("evaluation_part", spec.evaluation_part,
              {.doc = "part of dataset that is held out for evaluation", .role = TextRole::kName});
}

void Describe(PpoRewardSpec& spec, FieldList& fields) {
  fields.Leaf("objective", spec.objective,
              {.doc = "what is maximised: the reward model's score, or the verifiable reward"});
  fields.Leaf("artifact", spec.artifact,
              {.doc = "experiment that trains the reward model", .replaces = {"folder"}});
  fields.Leaf("folder", spec.folder,
              {.doc = "your own reward model, a Hugging Face folder, instead of artifact",
               .role = TextRole::kUserPath,
               .replaces = {"artifact"}});
  fields.Leaf(
      "verifiable", spec.verifiable,
      {.doc = "of the answer against the output: 1 if equal, else 0; chrF / 100; 1 if what "
              "follows mark is equal; 1 if it stands anywhere (a judge with a hole); a random "
              "bit of the answer (a control)"});
  fields.Leaf("mark", spec.mark,
              {.doc = "the final answer is what follows this text last; where it is given, the "
                      "fraction of right ones is recorded"});
  fields.Leaf("missing_eos", spec.missing_eos,
              {.doc = "score of a response without its end token: replaced (N+), lowered by the "
                      "penalty (TRL) or kept (OpenRLHF)"});
  fields.Leaf("missing_eos_score", spec.missing_eos_score,
              {.doc = "with missing_eos = \"replace\": below the score of a wrong answer that ends",
               .bounds = Between(-1e6, 1e6)});
  fields.Leaf("missing_eos_penalty", spec.missing_eos_penalty,
              {.doc = "with missing_eos = \"penalize\"", .bounds = Between(0, 1e6)});
  fields.Leaf("clip", spec.clip,
              {.doc = "scores are clipped to +- this (OpenRLHF: 10)", .bounds = AboveUpTo(0, 1e6)});
}

void Describe(PpoValueSpec& spec, FieldList& fields) {
  fields.Leaf("model", spec.model,
              {.doc = "own: a trunk of its own (N+); shared: a head on the policy's trunk"});
  fields.Leaf("init", spec.init,
              {.doc = "with model = \"own\": begins as the reward model (N+) or as the policy"});
  fields.Leaf("warmup_rollouts", spec.warmup_rollouts,
              {.doc = "with model = \"own\": the first rollouts train it alone (OpenRLHF's "
                      "freezing_actor_steps); N+: 0",
               .units = "rollouts",
               .bounds = Between(0, 1e9)});
}

void Describe(PpoRolloutSpec& spec, FieldList& fields) {
  fields.Leaf("responses_per_prompt", spec.responses_per_prompt,
              {.doc = "responses sampled to each prompt, a divisor of training.batch_size",
               .bounds = Between(1, 1 << 20)});
  fields.Leaf("max_new_tokens", spec.max_new_tokens,
              {.doc = "longest response", .units = "tokens", .bounds = Between(1, 1 << 20)});
  fields.Leaf("temperature", spec.temperature,
              {.doc = "divides the logits, in sampling and in log-probabilities",
               .bounds = AboveUpTo(0, 100)});
  fields.Leaf("top_k", spec.top_k,
              {.doc = "sampled among so many tokens; 0: all", .bounds = Between(0, 1 << 20)});
  fields.Leaf("top_p", spec.top_p,
              {.doc = "sampled among the likeliest tokens of this probability; 1: all",
               .bounds = AboveUpTo(0, 1)});
}

void Describe(PpoSettings& spec, FieldList& fields) {
  fields.Leaf("advantages", spec.advantages,
              {.doc = "from a value model by generalised advantage estimation, or from the other "
                      "responses to the same prompt (GRPO: no value model, KL in the loss)"});
  fields.Leaf("scale_by_group", spec.scale_by_group,
              {.doc = "with advantages = \"group\": divided by the group's standard deviation "
                      "(GRPO); Dr. GRPO: false"});
  fields.Leaf("epochs", spec.epochs,
              {.doc = "passes over a rollout, each in a fresh order", .bounds = Between(1, 1000)});
  fields.Leaf("mini_batches", spec.mini_batches,
              {.doc = "optimizer steps a pass, a divisor of training.batch_size",
               .bounds = Between(1, 1e6)});
  fields.Leaf("gamma", spec.gamma, {.doc = "discount", .bounds = Between(0, 1)});
  fields.Leaf(
      "lambda", spec.lambda,
      {.doc = "of generalised advantage estimation (OpenRLHF: 1)", .bounds = Between(0, 1)});
  fields.Leaf("clip_ratio", spec.clip_ratio,
              {.doc = "the policy gains nothing beyond 1 +- this", .bounds = AboveUpTo(0, 1)});
  fields.Leaf("value_clip", spec.value_clip,
              {.doc = "the value gains nothing beyond +- this (OpenRLHF: 0.5); 0: no clipping",
               .bounds = Between(0, 1e6)});
  fields.Leaf("value_coefficient", spec.value_coefficient,
              {.doc = "weight of the value loss", .bounds = Between(0, 1e3)});
  fields.Leaf("kl_estimator", spec.kl_estimator,
              {.doc = "per-token KL of the penalty: k1 (N+) or k3"});
  fields.Leaf(
      "kl_coefficient", spec.kl_coefficient,
      {.doc = "weight of the KL penalty, at first where it adapts", .bounds = Between(0, 1e3)});
  fields.Leaf("adaptive_kl_target", spec.adaptive_kl_target,
              {.doc = "the coefficient follows this KL (Ziegler et al., arXiv:1909.08593)",
               .units = "nats a response",
               .bounds = AboveUpTo(0, 1e6)});
  fields.Leaf("adaptive_kl_horizon", spec.adaptive_kl_horizon,
              {.doc = "how slowly it follows", .units = "responses", .bounds = AboveUpTo(0, 1e12)});
  fields.Leaf(
      "score_position", spec.score_position,
      {.doc = "score is added at the last token (Ouyang et al., OpenRLHF), or behind the end "
              "token where max_new_tokens leaves room (N+, TRL)"});
  fields.Leaf("value_positions", spec.value_positions,
              {.doc = "values of the response's tokens (OpenRLHF), or of the state behind its end "
                      "token too where max_new_tokens leaves room (N+, TRL)"});
  fields.Leaf("whiten_rewards", spec.whiten_rewards,
              {.doc = "per-token rewards get variance 1; their mean is kept"});
  fields.Leaf("whiten_advantages", spec.whiten_advantages,
              {.doc = "advantages get mean 0 and variance 1 over the rollout's tokens"});
  fields.Leaf("log_ratio_clamp", spec.log_ratio_clamp,
              {.doc = "log ratio of new and old policy is clamped to +- this (OpenRLHF: 20)",
               .bounds = AboveUpTo(0, 88)});
}

void Describe(PpoEvaluationSpec& spec, FieldList& fields) {
  fields.Leaf("every_steps", spec.every_steps,
              {.doc = "optimizer steps between evaluations; 0: only before and after training",
               .units = "steps",
               .bounds = Between(0, 1e9)});
  fields.Leaf("prompts_per_task", spec.prompts_per_task,
              {.doc = "held-out prompts a task", .units = "prompts", .bounds = Between(1, 1e6)});
  fields.Leaf("num_samples", spec.num_samples,
              {.doc = "answers a task in the sample table", .bounds = Between(0, 10000)});
}

void Describe(PpoSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "geometry of the policy");
  fields.Table("tokenizer", spec.tokenizer, "exactly one source");
  fields.Table("data", spec.data, "exactly one of dataset and path");
  fields.Table("init", spec.init, "the policy at first, and its frozen reference");
  fields.Table("reward", spec.reward, "what answers are worth");
  fields.Table("value", spec.value, "");
  fields.Table("rollout", spec.rollout, "how answers are sampled");
  fields.Table("ppo", spec.ppo, "");
  fields.Table("optimizer", spec.optimizer, "of policy and value model together");
  fields.Table("schedule", spec.schedule, "");
  fields.Table("training", spec.training,
               "batch_size: responses a rollout; max_tokens: longest prompt and response");
  fields.Table("evaluation", spec.evaluation, "greedy answers to held-out prompts");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const PpoSpec& spec, const Violations& violations) {
  Validate(spec.model, spec.init, violations.In("model"));
  Validate(spec.tokenizer, violations.In("tokenizer"));
  Validate(spec.data.source, violations.In("data"));
  if (spec.data.dataset_part == spec.data.evaluation_part) {
    violations.Add("data.evaluation_part", "is the part that is trained on");
  }
  ValidateInit(spec.init, violations.In("init"));
  ValidateReward(spec, violations);
  ValidateValue(spec, violations.In("value"));
  ValidateAdaptiveKl(spec, violations);
  ValidateGroups(spec, violations);
  ValidateBatch(spec, violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
