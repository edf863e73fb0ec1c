#include "harness/evaluation/statement_calibration.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>

namespace bench::harness {
namespace {

int64_t ExponentOf(double log_prob) {
  return static_cast<int64_t>(std::floor(log_prob / std::numbers::ln2));
}

// What only the rows say.
void AddRows(const StatementSpace& space, StatementCalibration& found) {
  const auto total = std::accumulate(space.exposures.begin(), space.exposures.end(), int64_t{0});
  const auto singles = std::count(space.exposures.begin(), space.exposures.end(), int64_t{1});
  const auto unseen = std::count(space.exposures.begin(), space.exposures.end(), int64_t{0});
  found.monofact_rate = total == 0 ? 0 : static_cast<double>(singles) / static_cast<double>(total);
  found.missing_mass =
      static_cast<double>(unseen) / static_cast<double>(space.true_statements.size());
}

}  // namespace

StatementCalibration Calibrate(const StatementSpace& space, std::span<const double> log_probs) {
  StatementCalibration found;
  AddRows(space, found);
  std::map<int64_t, MassBin> bins;
  double all_mass = 0;
  for (const double log_prob : log_probs) {
    const double probability = std::exp(log_prob);
    MassBin& bin = bins[ExponentOf(log_prob)];
    ++bin.num_statements;
    bin.model_mass += probability;
    all_mass += probability;
  }
  const double true_probability = 1 / static_cast<double>(space.true_statements.size());
  for (size_t i = 0; i < space.true_statements.size(); ++i) {
    const double log_prob = log_probs[static_cast<size_t>(space.true_statements[i])];
    bins[ExponentOf(log_prob)].true_mass += true_probability;
    (space.exposures[i] > 0 ? found.seen_mass : found.unseen_mass) += std::exp(log_prob);
    found.loss -= true_probability * log_prob;
  }
  // Rounding may leave less than nothing.
  found.hallucination_rate = std::max(0.0, all_mass - found.seen_mass - found.unseen_mass);
  found.malformed_rate = std::max(0.0, 1 - all_mass);
  found.miscalibration = found.malformed_rate / 2;
  for (auto& [exponent, bin] : bins) {
    bin.exponent = exponent;
    found.miscalibration += std::abs(bin.model_mass - bin.true_mass) / 2;
    found.bins.push_back(bin);
  }
  return found;
}

}  // namespace bench::harness
