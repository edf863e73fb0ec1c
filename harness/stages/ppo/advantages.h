// From scores to advantages: what the tokens of a rollout are worth.
//
// Responses are ragged: the tokens of B responses one after the other, R in all, offsets[b] where
// response b begins (offsets[B] = R, none is empty). There is no padding, so every mean is over
// real tokens. With log ratio l_t = log pi(t) - log ref(t):
//   kl_t      k1: l_t;  k3: exp(-l_t) - 1 + l_t >= 0
//   reward_t  -coefficient kl_t, + score_b at the response's last token (the end token, or the one
//             that the length limit left last), or behind it (ScorePosition); kl = 0 there
//   delta_t   reward_t + gamma V_{t+1} - V_t, V = 0 behind the last value (ValuePositions)
//   A_t       delta_t + gamma lambda A_{t+1};  return_t = A_t + V_t, before whitening
//   whitened  (x - mean) / sqrt(var + 1e-8), var with n - 1; the mean is added back where it is
//   kept
// Of groups instead (GRPO, arXiv:2402.03300, 4.1.2): the responses to one prompt, G one after the
// other, are a group; every token of response b has A_b = (score_b - mean) / (std + 1e-4) over its
// group, std with n - 1, or A_b = score_b - mean (arXiv:2503.20783). Where all scores of a group
// are equal its advantages are exactly 0. The 1e-4 is TRL's. Everything in fp64 on the CPU, without
// a graph; the result is fp64. Sources: Schulman et al. (arXiv:1506.02438, equation 16), N+
// (arXiv:2403.17031), Ziegler et al. (arXiv:1909.08593, 2.2).
#pragma once

#include <cstdint>
#include <vector>

#include "ATen/ATen.h"
#include "harness/definition/ppo_spec.h"

namespace bench::harness {

using ResponseOffsets = std::vector<int64_t>;

at::Tensor TokenKl(const at::Tensor& log_ratio_R, KlEstimator estimator);

// The sum of each response's tokens. [B]
at::Tensor ResponseSums(const at::Tensor& values_R, const ResponseOffsets& offsets);

at::Tensor TokenRewards(const at::Tensor& kl_R, const at::Tensor& scores_B,
                        const ResponseOffsets& offsets, double kl_coefficient);

enum class WhitenedMean { kZero, kKept };
at::Tensor Whitened(const at::Tensor& values_R, WhitenedMean mean);

struct Advantages {
  at::Tensor advantages_R, returns_R;
};
struct Discounts {
  double gamma = 1;
  double lambda = 0.95;
};
Advantages EstimateAdvantages(const at::Tensor& rewards_R, const at::Tensor& values_R,
                              const ResponseOffsets& offsets, const Discounts& discounts);

// Where things of ragged responses stand, one of these offsets for each kind. All are those of the
// tokens, or have a position more, behind the end, for each response shorter than the limit.
struct PpoLayout {
  ResponseOffsets tokens;
  ResponseOffsets scored;  // a response's score is at its last position here
  ResponseOffsets values;  // none has one where advantages come from groups
  ResponseOffsets all;     // the longer of the two: rewards, and whatever flows between them
};
PpoLayout LayoutOf(const ResponseOffsets& tokens, int64_t max_new_tokens,
                   const PpoSettings& settings);

// What a rollout's advantages are made of; V positions have a value (layout.values).
struct ScoredTokens {
  at::Tensor kl_R, values_V, scores_B;
};
struct TokenAdvantages {
  at::Tensor advantages_R;  // of the tokens, whitened over them as the settings say
  at::Tensor returns_V;
};
// Rewards, whitened as the settings say over every position that can have one, and GAE over them.
TokenAdvantages RolloutAdvantages(const ScoredTokens& scored, const PpoLayout& layout,
                                  double kl_coefficient, const PpoSettings& settings);

struct GroupShape {
  int64_t size = 2;  // responses to a prompt
  bool scaled = true;
};
// Of the tokens. [R]
at::Tensor GroupAdvantages(const at::Tensor& scores_B, const ResponseOffsets& tokens,
                           const GroupShape& shape);

// The fraction of the groups whose scores are all equal: they teach nothing.
double UniformGroups(const at::Tensor& scores_B, int64_t size);

// The KL coefficient after a rollout of num_responses with this mean KL a response:
// coefficient (1 + clip(kl / target - 1, +-0.2) num_responses / horizon); unchanged without a
// target.
double AdaptedKlCoefficient(double coefficient, double kl, int64_t num_responses,
                            const PpoSettings& settings);

}  // namespace bench::harness
