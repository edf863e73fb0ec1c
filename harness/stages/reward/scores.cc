#include "harness/stages/reward/scores.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/stages/reward/loss.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricValue;

constexpr int64_t kNumBins = 10;

at::Tensor InDouble(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU, at::kDouble).contiguous();
}

struct Bin {
  double num_right = 0;
  double confidence_sum = 0;
};

}  // namespace

double CalibrationError(const PairRewards& rewards) {
  const at::Tensor margin_B = InDouble(rewards.chosen_B) - InDouble(rewards.rejected_B);
  const double* margins = margin_B.const_data_ptr<double>();
  std::array<Bin, kNumBins> bins;
  for (int64_t i = 0; i < margin_B.numel(); ++i) {
    const double confidence = 1 / (1 + std::exp(-std::abs(margins[i])));
    if (std::isnan(confidence)) return confidence;
    const auto bin = static_cast<int64_t>((confidence - 0.5) * 2 * kNumBins);
    Bin& mine = bins[static_cast<size_t>(std::min(bin, kNumBins - 1))];
    mine.num_right += margins[i] > 0 ? 1 : 0;
    mine.confidence_sum += confidence;
  }
  double error = 0;  // n_b / n * |accuracy_b - confidence_b| = |right_b - sum of confidences| / n
  for (const Bin& bin : bins) error += std::abs(bin.num_right - bin.confidence_sum);
  return error / static_cast<double>(margin_B.numel());
}

std::vector<bool> PreferredChosen(const PairRewards& rewards) {
  const at::Tensor margin_B = InDouble(rewards.chosen_B) - InDouble(rewards.rejected_B);
  const double* margins = margin_B.const_data_ptr<double>();
  std::vector<bool> preferred;
  for (int64_t i = 0; i < margin_B.numel(); ++i) preferred.push_back(margins[i] > 0);
  return preferred;
}

std::vector<MetricValue> RewardMetrics(const PairRewards& rewards, const std::string& label) {
  const at::Tensor chosen_B = InDouble(rewards.chosen_B);
  const at::Tensor rejected_B = InDouble(rewards.rejected_B);
  const at::Tensor both = at::cat({chosen_B, rejected_B});
  const auto value = [](const at::Tensor& scalar) { return scalar.item<double>(); };
  return {{{&results::kPreferenceAccuracy, label},
           value((chosen_B > rejected_B).to(at::kDouble).mean())},
          {{&results::kRewardMargin, label}, value((chosen_B - rejected_B).mean())},
          {{&results::kRewardMean, label}, value(both.mean())},
          {{&results::kRewardMin, label}, value(both.min())},
          {{&results::kRewardMax, label}, value(both.max())}};
}

std::vector<MetricValue> HeldOutMetrics(const PairRewards& rewards, const RewardLossSpec& loss,
                                        const std::string& label) {
  const PairRewards in_double = {InDouble(rewards.chosen_B), InDouble(rewards.rejected_B)};
  const auto num_pairs = static_cast<double>(rewards.chosen_B.numel());
  std::vector<MetricValue> values = RewardMetrics(in_double, label);
  values.push_back(
      {{&results::kPairLoss, label}, PairLossSum(in_double, loss).item<double>() / num_pairs});
  values.push_back({{&results::kCalibrationError, label}, CalibrationError(in_double)});
  return values;
}

}  // namespace bench::harness
