// Which of a row of commits brought a change, from looks that are noisy: Bayesian bisection.
//
// Commits 0 ... n - 1 are in order, and exactly one of them brought the change; before any look
// each is as probable. A look at commit k gives likelihoods of what was observed, and
//   P(c | looks) ~ prod over looks at k of (c <= k ? at_or_before : after)
// Only the ratio of the two matters. A deterministic look is {1, 0} or {0, 1}; then this is git's
// bisection. The next commit to look at is the one for which P(change <= k) is closest to 1/2, the
// first of several: a look there tells most, among commits that can be looked at. Skipped commits
// are not looked at, but may have brought the change.
//
// Kept in logarithms, so any number of looks neither underflows nor loses a commit. Deterministic.
// Errors: UsageError for no commits, a commit that there is not, likelihoods that are negative, not
// finite or both 0; IncomparableError for a look that contradicts all commits that are still
// possible, which leaves the posterior as it was.
// Source: Ben-Or and Hassidim, "The Bayesian Learner is Optimal for Noisy Binary Search", 2008.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::results {

// P(observation | the change is at or before the commit that was looked at), and P(... | after it).
struct Likelihoods {
  double at_or_before = 1;
  double after = 1;
};

struct Suspect {
  std::size_t commit = 0;
  double probability = 0;
};

class BisectPosterior {
 public:
  static absl::StatusOr<BisectPosterior> Create(std::size_t num_commits);

  absl::Status Look(std::size_t commit, const Likelihoods& likelihoods);
  absl::Status Skip(std::size_t commit);

  // The commit to look at; absent once no look that is left can tell anything.
  std::optional<std::size_t> Next() const;
  // The most probable commit, the first of several.
  Suspect MostProbable() const;
  // [commit], adding up to 1.
  std::vector<double> Probabilities() const;

 private:
  explicit BisectPosterior(std::size_t num_commits);

  absl::Status CheckCommit(std::size_t commit) const;

  std::vector<double> log_weights_;  // [commit], the greatest is 0
  std::vector<bool> skipped_;
};

}  // namespace bench::results
