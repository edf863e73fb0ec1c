#include "results/statistics/bisect_posterior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::results {

absl::StatusOr<BisectPosterior> BisectPosterior::Create(std::size_t num_commits) {
  if (num_commits == 0) return UsageError("no commits to look for a change in");
  return BisectPosterior(num_commits);
}

BisectPosterior::BisectPosterior(std::size_t num_commits)
    : log_weights_(num_commits, 0), skipped_(num_commits, false) {}

absl::Status BisectPosterior::CheckCommit(std::size_t commit) const {
  if (commit < log_weights_.size()) return absl::OkStatus();
  return UsageError(absl::StrCat("commit ", commit, " of ", log_weights_.size()));
}

absl::Status BisectPosterior::Look(std::size_t commit, const Likelihoods& likelihoods) {
  BENCH_RETURN_IF_ERROR(CheckCommit(commit));
  const auto [at_or_before, after] = likelihoods;
  if (!std::isfinite(at_or_before) || !std::isfinite(after) || std::min(at_or_before, after) < 0 ||
      std::max(at_or_before, after) == 0) {
    return UsageError(absl::StrCat("likelihoods ", at_or_before, " and ", after));
  }
  std::vector<double> weights = log_weights_;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    weights[c] += std::log(c <= commit ? at_or_before : after);
  }
  const double greatest = *std::max_element(weights.begin(), weights.end());
  if (std::isinf(greatest)) {
    return IncomparableError(absl::StrCat("the look at commit ", commit,
                                          " contradicts all others: did exactly one commit of the "
                                          "range bring the change?"));
  }
  for (double& weight : weights) weight -= greatest;
  log_weights_ = std::move(weights);
  return absl::OkStatus();
}

absl::Status BisectPosterior::Skip(std::size_t commit) {
  BENCH_RETURN_IF_ERROR(CheckCommit(commit));
  skipped_[commit] = true;
  return absl::OkStatus();
}

std::optional<std::size_t> BisectPosterior::Next() const {
  const std::vector<double> probabilities = Probabilities();
  std::optional<std::size_t> next;
  // At 0 and 1 the answer is known; each probability and each sum may be off by a rounding.
  double least =
      0.5 - 2 * static_cast<double>(probabilities.size()) * std::numeric_limits<double>::epsilon();
  double up_to = 0;
  // The change is at or before the last commit for certain.
  for (std::size_t c = 0; c + 1 < probabilities.size(); ++c) {
    up_to += probabilities[c];
    const double distance = std::abs(up_to - 0.5);
    if (skipped_[c] || distance >= least) continue;
    least = distance;
    next = c;
  }
  return next;
}

Suspect BisectPosterior::MostProbable() const {
  const std::vector<double> probabilities = Probabilities();
  const auto at = std::max_element(probabilities.begin(), probabilities.end());
  return {static_cast<std::size_t>(at - probabilities.begin()), *at};
}

std::vector<double> BisectPosterior::Probabilities() const {
  std::vector<double> probabilities;
  probabilities.reserve(log_weights_.size());
  double sum = 0;
  for (const double weight : log_weights_) sum += probabilities.emplace_back(std::exp(weight));
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

}  // namespace bench::results
