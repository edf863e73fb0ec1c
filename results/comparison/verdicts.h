// What a change of a metric is called, and what follows from all of them for the exit code: step
// four of a comparison.
//
// A change counts (improved, regressed, changed) if it is larger than the metric's margin and, for
// times and learning, its p-value reaches the design's alpha (changes.h) and, adjusted for the
// false discovery rate over all metrics that are judged, the rate that is allowed. "Same" is a
// finding, not the absence of one: the interval lies within the margin. What is neither is unclear.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "results/comparison/changes.h"

namespace bench::results {

enum class Verdict {
  kSame,
  kImproved,
  kRegressed,
  kChanged,      // as the two above, of a metric without a better direction
  kUnclear,      // neither a change nor that there is none could be shown
  kNonFinite,    // NaN or infinite in the head
  kNotMeasured,  // not in every replicate, not finite in the base, or not described alike
  kOnlyInBase,   // measured before, not any more
  kOnlyInHead,   // new
  kNotJudged,
};
std::string_view Name(Verdict verdict);

struct JudgedChange {
  MetricChange change;
  double adjusted_p_value = 1;
  Verdict verdict = Verdict::kSame;
  // Shown: worse by no more than the margin; without a better direction, different by no more.
  bool not_worse = false;
};

std::vector<JudgedChange> JudgeChanges(std::vector<MetricChange> changes,
                                       const Significance& significance = {});

// What a comparison must show to pass.
enum class Requirement {
  kNotWorse,  // no metric is worse by more than its margin
  kSame,      // every metric is the same or improved
  kBitwise,   // strict runs are equal bit for bit
};
std::string_view Name(Requirement require);
std::optional<Requirement> ParseRequirement(std::string_view name);

struct Policy {
  Requirement require = Requirement::kNotWorse;
  std::set<std::string> allowed;  // names and paths of metrics that may change

  // Whether the metric has no better direction, and may change.
  bool Allows(const MetricInfo& metric) const;
};

enum class Outcome {
  kPass,
  kNotShown,  // what is required could not be shown
  kFail,
};
std::string_view Name(Outcome outcome);
Outcome OutcomeOf(const JudgedChange& change, const Policy& policy);

// kOk, kIncomparable and kRegressed.
ExitCode ExitCodeOf(Outcome outcome);

}  // namespace bench::results
