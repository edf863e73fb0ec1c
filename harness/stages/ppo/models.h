// The models of PPO: the policy and the value model, which are trained, the frozen reference that
// the policy began as, and the frozen reward model.
//
// Log-probabilities are of softmax(logits / temperature) over the tokenizer's ids, which is what
// responses are sampled from, for policy and reference alike: a decoder may have more rows, which
// then get no gradient. Like values they are computed at the rows that predict response tokens
// only. The value of a token is that of the state before it: the same rows, and where a definition
// asks for it (ValuePositions) that of the state behind the end token. M tokens, V values.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/definition/ppo_spec.h"
#include "harness/stages/batches/causal_batch.h"
#include "harness/stages/reward/artifact.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"
#include "kernels/linear_log_probs.h"
#include "models/decoder.h"
#include "models/reward_model.h"
#include "models/scalar_head.h"

namespace bench::harness {

// What responses are sampled from: softmax(logits / temperature) over the ids below vocab_size.
struct TokenDistribution {
  TokenDistribution(double its_temperature, int64_t ids)
      : temperature(its_temperature), vocab_size(ids) {}
  double temperature;
  int64_t vocab_size;
};

// Of hidden states that predict the targets.
kernels::TokenLogProbs TargetLogProbs(const models::Decoder& decoder, const at::Tensor& hidden_MD,
                                      const at::Tensor& targets_M,
                                      const TokenDistribution& distribution);

// Where advantages come from groups.
struct NoValue {};

// The policy with what values its states: a trunk and head of its own, or a head on its own trunk,
// or nothing.
class ActorCritic {
 public:
  using Value = std::variant<models::RewardModel, models::ScalarHead, NoValue>;

  ActorCritic(std::unique_ptr<models::Decoder> policy, Value value);

  struct Outputs {
    at::Tensor log_probs_M, values_V;  // with their graphs
    at::Tensor entropy_M;              // detached
  };
  // Values of the states in `value_rows_V` of the batch: none where nothing values them.
  Outputs Forward(const CausalBatch& batch, const at::Tensor& value_rows_V,
                  const TokenDistribution& distribution, models::Activations activations) const;

  const models::Decoder& policy() const { return *policy_; }
  // How many positions all trunks have.
  int64_t max_positions() const;
  // The policy's as "policy/<name>", then the value model's as "value/<name>".
  const std::vector<models::NamedTensor>& parameters() const { return parameters_; }

 private:
  std::unique_ptr<models::Decoder> policy_;
  Value value_;
  std::vector<models::NamedTensor> parameters_;
};

struct PpoModels {
  ActorCritic actor_critic;
  std::unique_ptr<models::Decoder> reference;
  std::optional<RewardArtifact> reward;
};
// Policy and value model in the precision of the definition, the frozen models in the type that it
// computes in: as long as the policy is its reference both compute the same bits, also where the
// policy's parameters are fp32. The reward model's head is fp32 always. UsageError where policy or
// reward model do not belong to the tokenizer, or the policy has another prompt template than the
// data's or another geometry than [model].
absl::StatusOr<PpoModels> LoadPpoModels(const PpoSpec& spec, const Tokenizer& tokenizer,
                                        const RunContext& context);

// What LoadPpoModels would train, without weights: names, shapes and types.
absl::StatusOr<ActorCritic> ActorCriticWithoutWeights(
    const PpoSpec& spec, int64_t vocab_size, const std::map<std::string, Artifact>& inputs);

// UsageError where policy or value model have fewer positions than the longest prompt with
// rollout.max_new_tokens.
absl::Status CheckPositions(const ActorCritic& model, int64_t longest_prompt, const PpoSpec& spec);

}  // namespace bench::harness
