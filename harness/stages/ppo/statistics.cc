#include "harness/stages/ppo/statistics.h"

#include "results/metrics.h"

namespace bench::harness {
namespace {

// Columns of the tables of response tokens and of values.
enum TokenColumn : int64_t { kPolicyLoss, kLogRatio, kRatio, kClipped, kEntropy };
enum ValueColumn : int64_t { kValueLoss, kValueClipped };

at::Tensor Rows(const std::vector<at::Tensor>& columns) {
  std::vector<at::Tensor> on_host;
  for (const at::Tensor& column : columns) {
    on_host.push_back(column.detach().to(at::kCPU, at::kDouble));
  }
  return at::stack(on_host, 1);
}

double Mean(const at::Tensor& values) { return values.mean().item<double>(); }

// With n - 1; 0 of a single token.
double Variance(const at::Tensor& values) {
  return values.numel() > 1 ? values.var(/*unbiased=*/true).item<double>() : 0;
}

}  // namespace

void PpoStatistics::Add(const PolicyTerms& policy, const at::Tensor& entropy_M) {
  tokens_.push_back(
      Rows({policy.loss_R, policy.log_ratio_R, policy.ratio_R, policy.clipped_R, entropy_M}));
}

void PpoStatistics::AddValues(const ValueTerms& value) {
  values_.push_back(Rows({value.loss_R, value.clipped_R}));
}

void PpoStatistics::AddKl(const at::Tensor& kl_R) { kl_.push_back(Rows({kl_R})); }

std::vector<results::MetricValue> PpoStatistics::Metrics(Ranks& ranks) const {
  const at::Tensor tokens = ranks.GatherUnequalRows(at::cat(tokens_)).t().contiguous();
  std::vector<results::MetricValue> metrics = {
      {{&results::kPolicyLoss, ""}, Mean(tokens[kPolicyLoss])},
      {{&results::kApproxKl, ""}, Mean(tokens[kLogRatio].square()) / 2},
      {{&results::kClipFraction, ""}, Mean(tokens[kClipped])},
      {{&results::kRatio, ""}, Mean(tokens[kRatio])},
      {{&results::kRatioVariance, ""}, Variance(tokens[kRatio])},
      {{&results::kEntropy, ""}, Mean(tokens[kEntropy])}};
  if (!values_.empty()) {
    const at::Tensor values = ranks.GatherUnequalRows(at::cat(values_)).t().contiguous();
    metrics.push_back({{&results::kValueLoss, ""}, Mean(values[kValueLoss])});
    metrics.push_back({{&results::kValueClipFraction, ""}, Mean(values[kValueClipped])});
  }
  if (!kl_.empty()) {
    metrics.push_back({{&results::kKlLoss, ""}, Mean(ranks.GatherUnequalRows(at::cat(kl_)))});
  }
  return metrics;
}

}  // namespace bench::harness
