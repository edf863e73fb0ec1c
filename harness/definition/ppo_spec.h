// stage = "ppo": reinforcement learning from a reward model or a verifiable reward, by proximal
// policy optimisation (Schulman et al., arXiv:1707.06347; Ouyang et al., arXiv:2203.02155).
//
// Where implementations disagree there is a field, whose default is that of N+ (Huang et al., "The
// N+ Implementation Details of RLHF with PPO", arXiv:2403.17031) and TRL, but for two: the score is
// at the end token, and values at the response's tokens, as in Ouyang et al. and OpenRLHF. N+ and
// TRL: ppo.score_position = "behind_end" and ppo.value_positions = "behind_end".
//
// ppo.advantages = "group" is GRPO (Shao et al., "DeepSeekMath", arXiv:2402.03300): several
// responses to one prompt are compared with each other, and there is no value model.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

// [data]: as in "sft", but for which parts of a data set are taken.
struct PpoDataSpec {
  SftDataSpec source;
  std::string dataset_part = "ppo";
  std::string evaluation_part = "test";
};

enum class PpoObjective { kLearned, kVerifiable };
constexpr std::array<std::string_view, 2> EnumNames(PpoObjective) {
  return {"learned", "verifiable"};
}

// Of an answer against the record's output (stages/ppo/judge.h):
//   kExactMatch     1 if equal, else 0
//   kChrf           sentence chrF / 100
//   kFinalAnswer    1 if what follows reward.mark last is equal, else 0: written steps are free
//   kContainsAnswer 1 if that of the output stands anywhere in the answer: a judge with a hole
//   kHashBit        a fixed random property of the answer, which says nothing about its being right
enum class VerifiableReward { kExactMatch, kChrf, kFinalAnswer, kContainsAnswer, kHashBit };
constexpr std::array<std::string_view, 5> EnumNames(VerifiableReward) {
  return {"exact_match", "chrf", "final_answer", "contains_answer", "hash_bit"};
}

// Of a response that max_new_tokens cut off, the score is replaced by missing_eos_score (N+; below
// what wrong answers that end get), lowered by missing_eos_penalty (TRL), or kept (OpenRLHF).
enum class MissingEos { kReplace, kPenalize, kKeep };
constexpr std::array<std::string_view, 3> EnumNames(MissingEos) {
  return {"replace", "penalize", "keep"};
}

// [reward]. The verifiable reward is always recorded; the learned one where there is a model.
struct PpoRewardSpec {
  PpoObjective objective = PpoObjective::kLearned;
  std::optional<ArtifactRef> artifact;  // at most one of the two; kLearned needs one
  std::optional<std::string> folder;
  VerifiableReward verifiable = VerifiableReward::kExactMatch;
  std::string mark;  // what the final answer follows; "": there is none
  MissingEos missing_eos = MissingEos::kReplace;
  double missing_eos_score = -1;
  double missing_eos_penalty = 1;
  std::optional<double> clip;  // scores are clipped to +-clip (OpenRLHF: 10)
};

// kOwn: a trunk and head of its own (N+, TRL, OpenRLHF). kShared: a head on the policy's trunk.
enum class ValueModel { kOwn, kShared };
constexpr std::array<std::string_view, 2> EnumNames(ValueModel) { return {"own", "shared"}; }

// Where a value model of its own begins: as the reward model, head included (N+), or as the policy,
// with a random head.
enum class ValueInit { kReward, kPolicy };
constexpr std::array<std::string_view, 2> EnumNames(ValueInit) { return {"reward", "policy"}; }

struct PpoValueSpec {
  ValueModel model = ValueModel::kOwn;
  ValueInit init = ValueInit::kReward;
  int64_t warmup_rollouts = 0;  // first rollouts that train a value model of its own only
};

struct PpoRolloutSpec {
  int64_t responses_per_prompt = 1;  // a divisor of training.batch_size
  int64_t max_new_tokens = 53;
  double temperature = 0.7;  // divides the logits of policy and reference alike
  int64_t top_k = 0;         // 0: all. Log-probabilities are of the whole vocabulary
  double top_p = 1;
};

// k1 = log pi - log ref: unbiased, may be negative. k3 = exp(-k1) - 1 + k1: never negative
// (Schulman, "Approximating KL divergence", 2020).
enum class KlEstimator { kK1, kK3 };
constexpr std::array<std::string_view, 2> EnumNames(KlEstimator) { return {"k1", "k3"}; }

// Where a response's score is added to the rewards. The reward model reads it at the last token in
// every implementation.
//   kEnd       its last token (Ouyang et al., OpenRLHF)
//   kBehindEnd the position behind the end token, where rollout.max_new_tokens leaves room for one,
//              else the last token (N+ and TRL, `actual_end`)
enum class ScorePosition { kEnd, kBehindEnd };
constexpr std::array<std::string_view, 2> EnumNames(ScorePosition) { return {"end", "behind_end"}; }

// Which positions have a value, which advantages see and the value loss is a mean over; s is that
// of a response's last token.
//   kResponse  t <= s: its tokens. V = 0 behind them (OpenRLHF)
//   kBehindEnd t <= s + 1, where rollout.max_new_tokens leaves room: that of the state behind the
//              end token too (N+ and TRL, `padding_mask_p1`)
enum class ValuePositions { kResponse, kBehindEnd };
constexpr std::array<std::string_view, 2> EnumNames(ValuePositions) {
  return {"response", "behind_end"};
}

// Where advantages come from.
//   kGae   the values of a value model, by generalised advantage estimation
//   kGroup the other responses to the same prompt (GRPO). The KL penalty is then a term of the loss
//          with a gradient of its own, not part of the rewards, and [value] has no use
enum class AdvantageSource { kGae, kGroup };
constexpr std::array<std::string_view, 2> EnumNames(AdvantageSource) { return {"gae", "group"}; }

struct PpoSettings {
  AdvantageSource advantages = AdvantageSource::kGae;
  bool scale_by_group = true;  // "Dr. GRPO" (arXiv:2503.20783): false
  int64_t epochs = 4;
  int64_t mini_batches = 1;
  double gamma = 1;
  double lambda = 0.95;     // OpenRLHF: 1
  double clip_ratio = 0.2;  // of the policy
  double value_clip = 0.2;  // OpenRLHF: 0.5; 0: no clipping of the value loss
  double value_coefficient = 0.1;
  KlEstimator kl_estimator = KlEstimator::kK1;
  double kl_coefficient = 0.05;
  std::optional<double> adaptive_kl_target;  // nats a response; absent: the coefficient is fixed
  double adaptive_kl_horizon = 10000;        // episodes
  ScorePosition score_position = ScorePosition::kEnd;
  ValuePositions value_positions = ValuePositions::kResponse;
  bool whiten_rewards = false;
  bool whiten_advantages = true;
  std::optional<double>
      log_ratio_clamp;  // log pi - log pi_old is clamped to +- this (OpenRLHF: 20)
};

struct PpoEvaluationSpec {
  int64_t every_steps = 0;  // 0: only before and after training
  int64_t prompts_per_task = 200;
  int64_t num_samples = 8;  // answers shown in the results, a task
};

struct PpoSpec {
  ModelSpec model;
  TokenizerRef tokenizer;
  PpoDataSpec data;
  InitSpec init = {.weights = InitSource::kArtifact};  // of the policy and its frozen reference
  PpoRewardSpec reward;
  PpoValueSpec value;
  PpoRolloutSpec rollout;
  PpoSettings ppo;
  // N+ clips no gradients: a common norm would let the value loss shrink the policy's steps.
  OptimizerSpec optimizer = {.beta2 = 0.999, .epsilon = 1e-5, .max_grad_norm = 0};
  ScheduleSpec schedule = {.kind = ScheduleKind::kLinear, .final_ratio = 0};
  TrainingSpec training;  // batch_size: responses a rollout; max_tokens: prompt and response
  PpoEvaluationSpec evaluation;
  std::vector<AcceptanceBound> acceptance;

  bool has_values() const { return ppo.advantages == AdvantageSource::kGae; }
  int64_t steps_per_rollout() const { return ppo.epochs * ppo.mini_batches; }
  int64_t mini_batch_rows() const { return training.batch_size / ppo.mini_batches; }
  int64_t micro_rows(int64_t num_ranks = 1) const {
    return training.micro_batch_size == 0 ? mini_batch_rows() / num_ranks
                                          : training.micro_batch_size;
  }
  int64_t max_prompt_tokens() const { return training.max_tokens - rollout.max_new_tokens; }
};

void Describe(PpoDataSpec& spec, FieldList& fields);
void Describe(PpoRewardSpec& spec, FieldList& fields);
void Describe(PpoValueSpec& spec, FieldList& fields);
void Describe(PpoRolloutSpec& spec, FieldList& fields);
void Describe(PpoSettings& spec, FieldList& fields);
void Describe(PpoEvaluationSpec& spec, FieldList& fields);
void Describe(PpoSpec& spec, FieldList& fields);
void Validate(const PpoSpec& spec, const Violations& violations);

}  // namespace bench::harness
