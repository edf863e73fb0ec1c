#include "harness/stages/ppo_statistics.h"

#include "results/metrics.h"

namespace bench::harness {
namespace {

void Append(const at::Tensor& tokens, std::vector<at::Tensor>& into) {
  into.push_back(tokens.detach().to(at::kCPU, at::kDouble));
}

double Mean(const std::vector<at::Tensor>& parts) { return at::cat(parts).mean().item<double>(); }

// With n - 1; 0 of a single token.
double Variance(const std::vector<at::Tensor>& parts) {
  const at::Tensor all = at::cat(parts);
  return all.numel() > 1 ? all.var(/*unbiased=*/true).item<double>() : 0;
}

}  // namespace

void PpoStatistics::Add(const PolicyTerms& policy, const ValueTerms& value,
                        const at::Tensor& entropy_M) {
  Append(policy.loss_R, policy_loss_);
  Append(policy.log_ratio_R, log_ratio_);
  Append(policy.ratio_R, ratio_);
  Append(policy.clipped_R, clipped_);
  Append(value.loss_R, value_loss_);
  Append(value.clipped_R, value_clipped_);
  Append(entropy_M, entropy_);
}

std::vector<results::MetricValue> PpoStatistics::Metrics() const {
  return {{{&results::kPolicyLoss, ""}, Mean(policy_loss_)},
          {{&results::kValueLoss, ""}, Mean(value_loss_)},
          {{&results::kApproxKl, ""}, at::cat(log_ratio_).square().mean().item<double>() / 2},
          {{&results::kClipFraction, ""}, Mean(clipped_)},
          {{&results::kValueClipFraction, ""}, Mean(value_clipped_)},
          {{&results::kRatio, ""}, Mean(ratio_)},
          {{&results::kRatioVariance, ""}, Variance(ratio_)},
          {{&results::kEntropy, ""}, Mean(entropy_)}};
}

}  // namespace bench::harness
