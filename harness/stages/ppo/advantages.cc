#include "harness/stages/ppo/advantages.h"

#include <algorithm>

namespace bench::harness {
namespace {

at::Tensor InDouble(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU, at::kDouble).contiguous();
}

void CheckTokens(const at::Tensor& values_R, const ResponseOffsets& offsets) {
  TORCH_CHECK(values_R.dim() == 1 && values_R.numel() == offsets.back(), "responses of ",
              offsets.back(), " tokens have values ", values_R.sizes());
}

at::Tensor LastTokens(const ResponseOffsets& offsets) {
  return at::tensor(std::vector<int64_t>(offsets.begin() + 1, offsets.end()), at::kLong) - 1;
}

// The same responses at other offsets: the first values of each, zeros where it has no more.
at::Tensor Resized(const at::Tensor& values, const ResponseOffsets& from,
                   const ResponseOffsets& to) {
  CheckTokens(values, from);
  if (from == to) return InDouble(values);
  std::vector<at::Tensor> parts;
  for (size_t b = 0; b + 1 < from.size(); ++b) {
    const int64_t length = to[b + 1] - to[b];
    const int64_t kept = std::min(length, from[b + 1] - from[b]);
    parts.push_back(InDouble(values.narrow(0, from[b], kept)));
    parts.push_back(at::zeros({length - kept}, at::kDouble));
  }
  return at::cat(parts);
}

at::Tensor WhitenedIf(bool whiten, const at::Tensor& values, WhitenedMean mean) {
  return whiten ? Whitened(values, mean) : values;
}

}  // namespace

at::Tensor TokenKl(const at::Tensor& log_ratio_R, KlEstimator estimator) {
  at::Tensor log_ratio = InDouble(log_ratio_R);
  if (estimator == KlEstimator::kK1) return log_ratio;
  // expm1(x) - x >= 0 for every x, also where exp(x) - 1 - x would round to less than 0.
  return (at::expm1(-log_ratio) + log_ratio).clamp_min(0);
}

at::Tensor ResponseSums(const at::Tensor& values_R, const ResponseOffsets& offsets) {
  CheckTokens(values_R, offsets);
  const at::Tensor values = InDouble(values_R);
  const double* value = values.const_data_ptr<double>();
  std::vector<double> sums;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    double sum = 0;
    for (int64_t t = offsets[b]; t < offsets[b + 1]; ++t) sum += value[t];
    sums.push_back(sum);
  }
  return at::tensor(sums, at::kDouble);
}

at::Tensor TokenRewards(const at::Tensor& kl_R, const at::Tensor& scores_B,
                        const ResponseOffsets& offsets, double kl_coefficient) {
  CheckTokens(kl_R, offsets);
  return (InDouble(kl_R) * -kl_coefficient).index_add(0, LastTokens(offsets), InDouble(scores_B));
}

at::Tensor Whitened(const at::Tensor& values_R, WhitenedMean mean) {
  const at::Tensor values = InDouble(values_R);
  const at::Tensor average = values.mean();
  at::Tensor whitened = values - average;
  // One value has no variance, and is its own mean.
  if (values.numel() > 1) whitened = whitened * at::rsqrt(values.var(/*unbiased=*/true) + 1e-8);
  return mean == WhitenedMean::kKept ? whitened + average : whitened;
}

Advantages EstimateAdvantages(const at::Tensor& rewards_R, const at::Tensor& values_R,
                              const ResponseOffsets& offsets, const Discounts& discounts) {
  CheckTokens(rewards_R, offsets);
  CheckTokens(values_R, offsets);
  const at::Tensor rewards = InDouble(rewards_R);
  const at::Tensor values = InDouble(values_R);
  at::Tensor advantages = at::empty_like(rewards);
  const double* reward = rewards.const_data_ptr<double>();
  const double* value = values.const_data_ptr<double>();
  double* advantage = advantages.mutable_data_ptr<double>();
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    double next_value = 0;
    double next_advantage = 0;
    for (int64_t t = offsets[b + 1] - 1; t >= offsets[b]; --t) {
      const double delta = reward[t] + discounts.gamma * next_value - value[t];
      advantage[t] = delta + discounts.gamma * discounts.lambda * next_advantage;
      next_value = value[t];
      next_advantage = advantage[t];
    }
  }
  return {advantages, advantages + values};
}

PpoLayout LayoutOf(const ResponseOffsets& tokens, int64_t max_new_tokens,
                   const PpoSettings& settings) {
  if (settings.advantages == AdvantageSource::kGroup) {
    return {tokens, tokens, ResponseOffsets(tokens.size(), 0), tokens};
  }
  ResponseOffsets behind = {0};
  for (size_t b = 0; b + 1 < tokens.size(); ++b) {
    const int64_t length = tokens[b + 1] - tokens[b];
    behind.push_back(behind.back() + length + (length < max_new_tokens ? 1 : 0));
  }
  const bool scored_behind = settings.score_position == ScorePosition::kBehindEnd;
  const bool valued_behind = settings.value_positions == ValuePositions::kBehindEnd;
  return {tokens, scored_behind ? behind : tokens, valued_behind ? behind : tokens,
          scored_behind || valued_behind ? behind : tokens};
}

TokenAdvantages RolloutAdvantages(const ScoredTokens& scored, const PpoLayout& layout,
                                  double kl_coefficient, const PpoSettings& settings) {
  const at::Tensor rewards =
      Resized(TokenRewards(Resized(scored.kl_R, layout.tokens, layout.scored), scored.scores_B,
                           layout.scored, kl_coefficient),
              layout.scored, layout.all);
  const Advantages all =
      EstimateAdvantages(WhitenedIf(settings.whiten_rewards, rewards, WhitenedMean::kKept),
                         Resized(scored.values_V, layout.values, layout.all), layout.all,
                         {settings.gamma, settings.lambda});
  const at::Tensor advantages_R = Resized(all.advantages_R, layout.all, layout.tokens);
  return {WhitenedIf(settings.whiten_advantages, advantages_R, WhitenedMean::kZero),
          Resized(all.returns_R, layout.all, layout.values)};
}

at::Tensor GroupAdvantages(const at::Tensor& scores_B, const ResponseOffsets& tokens,
                           const GroupShape& shape) {
  const at::Tensor scores_PG = InDouble(scores_B).view({-1, shape.size});
  // The mean of equal scores may be rounded, what is subtracted here may not be.
  const at::Tensor from_first_PG = scores_PG - scores_PG.narrow(1, 0, 1);
  at::Tensor advantages_PG = from_first_PG - from_first_PG.mean(1, /*keepdim=*/true);
  if (shape.scaled) {
    advantages_PG = advantages_PG / (scores_PG.std(1, /*unbiased=*/true, /*keepdim=*/true) + 1e-4);
  }
  std::vector<int64_t> lengths;
  for (size_t b = 0; b + 1 < tokens.size(); ++b) lengths.push_back(tokens[b + 1] - tokens[b]);
  return advantages_PG.flatten().repeat_interleave(at::tensor(lengths, at::kLong));
}

double UniformGroups(const at::Tensor& scores_B, int64_t size) {
  const at::Tensor scores_PG = InDouble(scores_B).view({-1, size});
  const at::Tensor uniform_P = scores_PG.eq(scores_PG.narrow(1, 0, 1)).all(1);
  return uniform_P.to(at::kDouble).mean().item<double>();
}

double AdaptedKlCoefficient(double coefficient, double kl, int64_t num_responses,
                            const PpoSettings& settings) {
  if (!settings.adaptive_kl_target) return coefficient;
  const double error = std::clamp(kl / *settings.adaptive_kl_target - 1, -0.2, 0.2);
  return coefficient *
         (1 + error * static_cast<double>(num_responses) / settings.adaptive_kl_horizon);
}

}  // namespace bench::harness
