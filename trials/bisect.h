// Which commit of a row changed a metric: noisy looks at commits, remembered as a probability of
// each.
//
// The commits lie between a good and a bad one, of which a trial (trial.h) first shows that the
// metric tells them apart; without that there is nothing to look for. Then, until a commit has the
// probability that is asked for: the commit of which a look tells most is built and run, between a
// fresh run of the good and one of the bad commit (statistics/level_look.h). Of a metric that
// strict runs repeat to the bit, the trial's own runs stand for those two, and a replicate number
// is looked at once. What cannot be built or run, diverges, or runs something that may not be
// compared (another definition) is skipped; it may still have brought the change, and is then named
// beside the next commit that could be looked at. Runs whose times are not usable
// (comparison/usable_times.h) are made again.
//
// <folder>/ends is the trial, <folder>/looks/<n>-<commit> a look. <folder>/search.json has what was
// found of the ends, and every look: the same search goes on from there, and does not ask again.
// <folder>/skipped.json says what was skipped and why; without the file it is tried again. Errors:
// as of a trial; UsageError for a metric that the runs do not have; EnvironmentError for a search
// that goes on on another machine.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trials/fresh_run.h"
#include "trials/trial.h"

namespace bench::trials {

// Above what is hoped for, 95%: the ends are told apart by those runs that lay far apart, so that
// their distance is estimated too large.
inline constexpr double kBisectConfidence = 0.99;

// What is searched: oldest first, the bad commit last.
struct BisectRange {
  std::string good;
  std::vector<std::string> commits;
};

// What the trial of the ends found of the metric.
struct BisectEnds {
  std::vector<std::string> not_comparable;  // reasons
  bool told_apart = false;
  std::string units;
  std::string verdict;
  double good = 0;  // centres
  double bad = 0;
  int64_t num_pairs = 0;
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
  BisectEnds ends;  // not told apart: no look was made
  bool out_of_time = false;
  int64_t num_looks = 0;
  std::vector<BisectSuspect> suspects;  // the most probable first, all together the confidence
  std::vector<SkippedCommit> skipped;

  bool found() const;  // one commit has the confidence
};

// Builds a commit. A ProgramFailure (fresh_run.h) skips it; not so of the two ends.
using ProgramOfCommit = std::function<absl::StatusOr<ArmProgram>(const std::string& commit)>;

// options.compare judges the ends; its metrics are ignored. Building does not count as time.
absl::StatusOr<BisectResult> Bisect(const BisectRange& range, const std::string& metric,
                                    const ProgramOfCommit& program_of, const TrialOptions& options);

}  // namespace bench::trials
