// Two groups of replicates compared: may they be (comparability.h), are they bitwise equal
// (bitwise.h), what changed and how sure is that (changes.h, curve_change.h, range_changes.h), and
// what follows (verdicts.h).
//
// Never a pass: groups that are not comparable, nothing that could be judged, a metric of the base
// that the head lacks, a value that is not finite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "results/comparison/bitwise.h"
#include "results/comparison/comparability.h"
#include "results/comparison/curve_change.h"
#include "results/comparison/group.h"
#include "results/comparison/item_changes.h"
#include "results/comparison/profile_changes.h"
#include "results/comparison/range_changes.h"
#include "results/comparison/selection.h"
#include "results/comparison/targets.h"
#include "results/comparison/verdicts.h"
#include "results/record.h"

namespace bench::results {

struct CompareOptions {
  Policy policy = {};
  MetricSelection metrics = {};
  Significance significance = {};
  AskedDifferences asked = {};
  std::vector<Target> targets = {};
};

// An arm, as a report names it.
struct ArmSummary {
  std::string path;
  int64_t num_runs = 0;
};

// The first value of the head that is not finite, and in which file.
struct HeadNonFinite {
  std::string file;
  NonFinite where;
};

struct Comparison {
  ArmSummary base, head;
  Policy policy;
  Comparability comparability;  // with reasons: the rest is empty, but for rows side by side
  bool head_diverged = false;
  std::optional<HeadNonFinite> non_finite;
  std::optional<GroupBitwise> bitwise;  // of strict runs
  std::vector<JudgedChange> rows;
  std::optional<CurveChange> curves;
  std::vector<RangeChange> ranges;
  std::vector<ItemChange> items;
  std::vector<ProfileChange> profile;  // of runs that were profiled; shown, never judged
  bool learns = false;                 // a metric of learning is judged
  // Bits differ, and learning by no more than replicates do: the pairs begin to differ by rounding
  // (kRoundingSize at most), curves do not tell the arms apart, and the intervals of final values
  // lie within what the base's replicates differ by among themselves (a standard deviation).
  bool rounding_only = false;
  double interval_level = 0.9;  // of the rows' intervals

  // Whether anything was judged.
  bool has_measurements() const;
  Outcome outcome() const;
  // Where the step as a whole is unclear: the range that is shown to be slower by more than the
  // step's margin.
  std::optional<RangeChange> slower_range() const;
  // Of a row; one that rounding alone leaves unclear passes.
  Outcome outcome_of(const JudgedChange& row) const;
  ExitCode exit_code() const { return ExitCodeOf(outcome()); }
};

// Where a first difference is no larger than this, relative to the value, it can be rounding: some
// hundred units in the last place of fp32, and one of bf16's eight bits seen through a mean.
inline constexpr double kRoundingSize = 1e-3;
// P-values above it do not tell arms apart.
inline constexpr double kNoDifference = 0.05;

// UsageError where an item of options.metrics selects nothing.
absl::StatusOr<Comparison> Compare(const Group& base, const Group& head,
                                   const CompareOptions& options = {});

// In words: "ok: ...", "REGRESSED: loss, step_time".
std::string Conclusion(const Comparison& comparison);

}  // namespace bench::results
