// Which commit of a row changed a metric: noisy looks at commits, remembered as a probability of
// each.
//
// The commits lie between a good and a bad one, of which a trial (trial.h) first shows that the
// metric tells them apart; without that there is nothing to look for. Then, until a commit has the
// probability that is asked for: the commit of which a look tells most is built and run, beside a
// fresh run of the good and of the bad one (statistics/level_look.h). Of a metric that strict runs
// repeat to the bit, the trial's own runs stand for those two. What cannot
// be built or run is skipped; it may still have brought the change, and is then named beside
// others.
//
// <folder>/ends is the trial, <folder>/looks/<n>-<commit> a look, <folder>/skipped.json what was
// skipped and why. The same search goes on where it was interrupted. Errors: as of a trial;
// UsageError for a metric that the runs do not have.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "results/comparison/comparison.h"
#include "trials/fresh_run.h"
#include "trials/trial.h"

namespace bench::trials {

inline constexpr double kBisectConfidence = 0.95;

// What is searched: oldest first, the bad commit last.
struct BisectRange {
  std::string good;
  std::vector<std::string> commits;
};

struct BisectSuspect {
  std::string commit;
  double probability = 0;
};

struct SkippedCommit {
  std::string commit;
  std::string reason;
};

struct BisectResult {
  results::Comparison ends;  // of the metric alone
  bool told_apart = false;   // the ends are; otherwise nothing below is filled
  bool out_of_time = false;
  int64_t num_looks = 0;
  std::vector<BisectSuspect> suspects;  // the most probable first, all together the confidence
  std::vector<SkippedCommit> skipped;

  bool found() const;  // one commit has the confidence
};

// Builds a commit. An EnvironmentError skips it; not so of the two ends.
using ProgramOfCommit = std::function<absl::StatusOr<ArmProgram>(const std::string& commit)>;

// options.compare judges the ends; its metrics are ignored.
absl::StatusOr<BisectResult> Bisect(const BisectRange& range, const std::string& metric,
                                    const ProgramOfCommit& program_of, const TrialOptions& options);

}  // namespace bench::trials
