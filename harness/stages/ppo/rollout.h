// A rollout: sampled responses to a batch of prompts, with everything that training on them needs.
//
// Old log-probabilities and values come from the same full forward pass as training, cut into the
// same micro-batches as the first epoch's, so that nothing but an update moves them: in the first
// mini-batch of a rollout the ratio is exactly 1, and as long as the policy is its reference the KL
// is exactly 0. (Those of cached decoding equal them up to rounding only.) Responses are ragged, as
// in advantages.h; each draws from a stream of its own, by rollout and place in the batch. A
// stop signal ends it within a token or a micro-batch: StoppedError. R tokens and V values in all.
//
// Of several ranks each samples and scores a share of the responses, and passes its own
// micro-batches through the models; then all have the whole rollout.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/definition/ppo_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/distributed/ranks.h"
#include "harness/stages/ppo/advantages.h"
#include "harness/stages/ppo/data.h"
#include "harness/stages/ppo/models.h"
#include "harness/stages/ppo/reward.h"
#include "results/metric.h"

namespace bench::harness {

// What of a rollout is trained on. fp32 on the CPU.
struct Rollout {
  std::vector<Response> responses;
  ResponseOffsets offsets, value_offsets;
  at::Tensor log_probs_R, values_V;  // of the policy and value model that sampled it
  at::Tensor advantages_R, returns_V;
  at::Tensor ref_log_probs_R;  // of the reference; read where the KL penalty is part of the loss
};

ResponseOffsets OffsetsOf(const std::vector<Response>& responses);

// The responses of one micro-batch as the models read them, and where their tokens and values are
// among the rollout's.
struct RolloutBatch {
  CausalBatch inputs;
  at::Tensor value_rows_V;        // rows of the hidden states that are valued
  at::Tensor tokens_M, values_V;  // int64, on the CPU: among them
};
RolloutBatch MakeRolloutBatch(const Rollout& rollout, const std::vector<int64_t>& members,
                              at::Device device);

// Which responses make up mini-batch `position` of rollout number `rollout` (from 0), micro-batch
// by micro-batch: a fresh permutation every epoch.
using MicroBatches = std::vector<std::vector<int64_t>>;
MicroBatches MiniBatch(const PpoSpec& spec, const SeedSource& seeds, int64_t rollout,
                       int64_t position, int64_t num_ranks = 1);

struct SamplingSettings {
  PpoRolloutSpec rollout;
  const Tokenizer& tokenizer;  // its ids alone are sampled
  AnswerForm answer_form;
  // Of response b: its stream is "<stream>/<first + b>". Not used where the temperature is 0
  // (greedy).
  SeedSource seeds;
  std::string stream;
  int64_t first = 0;
};
absl::StatusOr<std::vector<Response>> SampleResponses(const models::Decoder& policy,
                                                      const std::vector<const PpoPrompt*>& prompts,
                                                      const SamplingSettings& settings);

// All must outlive it.
struct RolloutParts {
  const PpoSpec& spec;
  const ActorCritic& actor_critic;
  const models::Decoder& reference;
  const ResponseScorer& scorer;
  const Tokenizer& tokenizer;
  SeedSource seeds;
  AnswerForm answer_form;
  Ranks& ranks;  // each samples and scores its share

  TokenDistribution distribution() const {
    return {spec.rollout.temperature, tokenizer.vocab_size()};
  }
};

struct CollectedRollout {
  Rollout rollout;
  // What responses, scores and the KL penalty say about the policy that sampled them: means over
  // responses, or over real tokens.
  std::vector<results::MetricValue> metrics;
  double kl = 0;  // nats a response, by the definition's estimator
};
// Rollout number `number` (from 0) of these prompts, a response each: responses to one prompt are
// as many prompts, one after the other.
absl::StatusOr<CollectedRollout> CollectRollout(const RolloutParts& parts,
                                                const std::vector<const PpoPrompt*>& prompts,
                                                int64_t number, double kl_coefficient);

}  // namespace bench::harness
