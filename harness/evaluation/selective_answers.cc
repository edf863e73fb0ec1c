#include "harness/evaluation/selective_answers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace bench::harness {
namespace {

constexpr int64_t kNumBins = 10;

// Answers of one score, in descending order of the scores.
struct Tie {
  double score = 0;
  int64_t count = 0;
  int64_t num_right = 0;
};
std::vector<Tie> TiesOf(std::span<const double> scores, const std::vector<bool>& right) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  std::vector<Tie> ties;
  for (const size_t i : order) {
    if (ties.empty() || ties.back().score != scores[i]) ties.push_back({scores[i], 0, 0});
    ++ties.back().count;
    ties.back().num_right += right[i] ? 1 : 0;
  }
  return ties;
}

}  // namespace

std::optional<double> Auroc(std::span<const double> scores, const std::vector<bool>& right) {
  double num_above = 0;  // pairs whose right answer has the higher score, equal ones half
  int64_t num_right = 0;
  int64_t num_wrong = 0;
  for (const Tie& tie : TiesOf(scores, right)) {
    const int64_t wrong = tie.count - tie.num_right;
    num_above += static_cast<double>(wrong) *
                 (static_cast<double>(num_right) + static_cast<double>(tie.num_right) / 2);
    num_right += tie.num_right;
    num_wrong += wrong;
  }
  if (num_right == 0 || num_wrong == 0) return std::nullopt;
  return num_above / (static_cast<double>(num_right) * static_cast<double>(num_wrong));
}

std::vector<ConfidenceBin> ReliabilityBins(std::span<const double> confidences,
                                           const std::vector<bool>& right) {
  std::array<ConfidenceBin, kNumBins> bins;
  for (size_t i = 0; i < confidences.size(); ++i) {
    const auto number = std::clamp<int64_t>(
        static_cast<int64_t>(std::floor(confidences[i] * kNumBins)), 0, kNumBins - 1);
    ConfidenceBin& bin = bins.at(static_cast<size_t>(number));
    bin.number = number;
    ++bin.count;
    bin.mean_confidence += confidences[i];
    bin.share_right += right[i] ? 1 : 0;
  }
  std::vector<ConfidenceBin> filled;
  for (ConfidenceBin& bin : bins) {
    if (bin.count == 0) continue;
    bin.mean_confidence /= static_cast<double>(bin.count);
    bin.share_right /= static_cast<double>(bin.count);
    filled.push_back(bin);
  }
  return filled;
}

double ExpectedCalibrationError(std::span<const double> confidences,
                                const std::vector<bool>& right) {
  double error = 0;
  for (const ConfidenceBin& bin : ReliabilityBins(confidences, right)) {
    error += static_cast<double>(bin.count) * std::abs(bin.share_right - bin.mean_confidence);
  }
  return error / static_cast<double>(confidences.size());
}

std::vector<CoveragePoint> PrecisionByCoverage(std::span<const double> confidences,
                                               const std::vector<bool>& right) {
  std::vector<CoveragePoint> points;
  int64_t num_right = 0;  // of higher confidence than the tie
  for (const Tie& tie : TiesOf(confidences, right)) {
    const double share = static_cast<double>(tie.num_right) / static_cast<double>(tie.count);
    for (int64_t i = 1; i <= tie.count; ++i) {
      const double expected = static_cast<double>(num_right) + static_cast<double>(i) * share;
      points.push_back({expected / static_cast<double>(points.size() + 1), tie.score});
    }
    num_right += tie.num_right;
  }
  return points;
}

}  // namespace bench::harness
