#include "harness/stages/ppo_statistics.h"

#include "results/metrics.h"

namespace bench::harness {
namespace {

// Columns of the table of tokens.
enum Column : int64_t {
  kPolicyLoss,
  kLogRatio,
  kRatio,
  kClipped,
  kValueLoss,
  kValueClipped,
  kEntropy,
};

// With n - 1; 0 of a single token.
double Variance(const at::Tensor& values) {
  return values.numel() > 1 ? values.var(/*unbiased=*/true).item<double>() : 0;
}

}  // namespace

void PpoStatistics::Add(const PolicyTerms& policy, const ValueTerms& value,
                        const at::Tensor& entropy_M) {
  std::vector<at::Tensor> columns;
  for (const at::Tensor& column : {policy.loss_R, policy.log_ratio_R, policy.ratio_R,
                                   policy.clipped_R, value.loss_R, value.clipped_R, entropy_M}) {
    columns.push_back(column.detach().to(at::kCPU, at::kDouble));
  }
  tokens_.push_back(at::stack(columns, 1));
}

std::vector<results::MetricValue> PpoStatistics::Metrics(Ranks& ranks) const {
  const at::Tensor all = ranks.GatherRows(at::cat(tokens_));
  const auto column = [&](Column c) { return all.select(1, c).contiguous(); };
  const auto mean = [&](Column c) { return column(c).mean().item<double>(); };
  return {{{&results::kPolicyLoss, ""}, mean(kPolicyLoss)},
          {{&results::kValueLoss, ""}, mean(kValueLoss)},
          {{&results::kApproxKl, ""}, column(kLogRatio).square().mean().item<double>() / 2},
          {{&results::kClipFraction, ""}, mean(kClipped)},
          {{&results::kValueClipFraction, ""}, mean(kValueClipped)},
          {{&results::kRatio, ""}, mean(kRatio)},
          {{&results::kRatioVariance, ""}, Variance(column(kRatio))},
          {{&results::kEntropy, ""}, mean(kEntropy)}};
}

}  // namespace bench::harness
