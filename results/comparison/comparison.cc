#include "results/comparison/comparison.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "results/comparison/side_by_side.h"
#include "results/comparison/sweep_replicates.h"
#include "results/metrics.h"
#include "results/statistics/descriptive.h"
#include "results/text.h"

namespace bench::results {
namespace {

bool Strict(const Group& base, const Group& head) {
  return base.runs.front().record.header.strict && head.runs.front().record.header.strict;
}

bool AnyDiverged(const Group& group) {
  return std::any_of(group.runs.begin(), group.runs.end(), [](const ResultsInput& run) {
    return run.record.status == RunStatus::kDiverged;
  });
}

std::optional<HeadNonFinite> FirstNonFiniteOf(const Group& group) {
  for (const ResultsInput& run : group.runs) {
    if (const auto where = FirstNonFinite(run.record)) return HeadNonFinite{run.path, *where};
  }
  return std::nullopt;
}

bool IsLearning(const JudgedChange& row) { return row.change.metric.kind == MetricKind::kLearning; }

absl::StatusOr<std::vector<MetricChange>> Selected(std::vector<MetricChange> changes,
                                                   const MetricSelection& selection) {
  std::vector<MetricInfo> metrics;
  for (const MetricChange& change : changes) metrics.push_back(change.metric);
  const std::vector<std::string> idle = selection.Idle(metrics);
  if (!idle.empty()) {
    const auto path = [](std::string* out, const MetricInfo& metric) {
      absl::StrAppend(out, EscapeForTerminal(metric.Path()));
    };
    return UsageError(absl::StrCat("--metrics ", EscapeForTerminal(idle.front()),
                                   ": neither a kind (learning, time, memory, count) nor a metric ",
                                   "of these results, which have ",
                                   absl::StrJoin(metrics, ", ", path)));
  }
  std::erase_if(changes, [&](const MetricChange& change) { return !selection.Has(change.metric); });
  return changes;
}

// Whether a row of learning may be no more than what replicates differ by.
bool WithinReplicates(const JudgedChange& row) {
  const MetricChange& change = row.change;
  if (change.metric.kind != MetricKind::kLearning || row.verdict == Verdict::kSame) return true;
  if (row.verdict != Verdict::kUnclear || change.base.size() < kFewestCurvePairs) return false;
  const double spread = std::max(StandardDeviation(change.base), change.margin);
  return change.p_value > kNoDifference && -spread <= change.interval.low &&
         change.interval.high <= spread;
}

bool IsRoundingOnly(const Comparison& comparison) {
  if (!comparison.bitwise || comparison.bitwise->identical() || !comparison.curves) return false;
  return comparison.curves->complete &&
         comparison.curves->num_pairs >= static_cast<int64_t>(kFewestCurvePairs) &&
         comparison.curves->p_value > kNoDifference &&
         comparison.bitwise->largest_first_difference <= kRoundingSize &&
         std::all_of(comparison.rows.begin(), comparison.rows.end(), WithinReplicates);
}

Outcome OfBits(const Comparison& comparison) {
  if (!comparison.bitwise) return Outcome::kNotShown;
  const BitwiseComparison& shown = comparison.bitwise->shown;
  if (comparison.bitwise->identical()) return Outcome::kPass;
  return shown.digest || shown.metric ? Outcome::kFail : Outcome::kNotShown;
}

// Curves that cannot be tested are no pass where sameness is required, unless all bits are equal.
Outcome OfCurves(const Comparison& comparison) {
  const std::optional<CurveChange>& curves = comparison.curves;
  if (comparison.bitwise && comparison.bitwise->identical()) return Outcome::kPass;
  if (curves && curves->differ && curves->worse) return Outcome::kFail;
  if (curves && !curves->complete) return Outcome::kNotShown;
  if (comparison.policy.require != Requirement::kSame || !comparison.learns) return Outcome::kPass;
  const bool tested = curves && curves->num_pairs >= static_cast<int64_t>(kFewestCurvePairs);
  return tested ? Outcome::kPass : Outcome::kNotShown;
}

// The step's time, where it is judged.
const JudgedChange* StepRow(const std::vector<JudgedChange>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const JudgedChange& row) {
    return row.change.metric.Path() == kStepTime.name && row.verdict != Verdict::kNotJudged;
  });
  return found == rows.end() ? nullptr : &*found;
}

std::optional<RangeRule> RuleOfRanges(const Comparison& comparison,
                                      const Significance& significance) {
  const JudgedChange* step = StepRow(comparison.rows);
  if (step == nullptr || !(step->change.margin > 0)) return std::nullopt;
  return RangeRule{step->change.margin, significance.ranks};
}

// Paths of the rows with this outcome.
std::vector<std::string> PathsOf(const Comparison& comparison, Outcome outcome) {
  std::vector<std::string> paths;
  for (const JudgedChange& row : comparison.rows) {
    if (comparison.outcome_of(row) == outcome) {
      paths.push_back(EscapeForTerminal(row.change.metric.Path()));
    }
  }
  return paths;
}

// At most five of them, and how many more there are.
std::string Some(const std::vector<std::string>& paths) {
  constexpr size_t kMost = 5;
  if (paths.size() <= kMost) return absl::StrJoin(paths, ", ");
  return absl::StrCat(absl::StrJoin(paths.begin(), paths.begin() + kMost, ", "), " and ",
                      paths.size() - kMost, " more");
}

std::string OfFailure(const Comparison& comparison) {
  if (comparison.head_diverged || comparison.non_finite) {
    return "DIVERGED: the head has values that are not finite";
  }
  if (comparison.policy.require == Requirement::kBitwise) return "DIFFERENT: not bitwise identical";
  std::vector<std::string> paths = PathsOf(comparison, Outcome::kFail);
  const bool changed_only =
      !paths.empty() &&
      std::none_of(comparison.rows.begin(), comparison.rows.end(), [](const JudgedChange& row) {
        return row.verdict == Verdict::kRegressed || row.verdict == Verdict::kNonFinite;
      });
  if (OfCurves(comparison) == Outcome::kFail) {
    paths.emplace_back("the learning curves");
    return absl::StrCat("REGRESSED: ", Some(paths));
  }
  if (const auto slower = comparison.slower_range()) {
    paths.push_back(absl::StrCat(EscapeForTerminal(slower->name), " of a step"));
    return absl::StrCat("REGRESSED: ", Some(paths));
  }
  return absl::StrCat(changed_only ? "CHANGED: " : "REGRESSED: ", Some(paths));
}

// How many replicates an arm would settle what could not be shown; 0: not known.
int64_t Needed(const Comparison& comparison) {
  int64_t needed = 0;
  for (const JudgedChange& row : comparison.rows) {
    if (comparison.outcome_of(row) != Outcome::kNotShown) continue;
    needed = std::max(needed, row.change.replicates_needed.value_or(0));
  }
  return needed;
}

std::vector<std::string> NotShownPaths(const Comparison& comparison) {
  std::vector<std::string> paths = PathsOf(comparison, Outcome::kNotShown);
  if (OfCurves(comparison) == Outcome::kNotShown) paths.emplace_back("the learning curves");
  return paths;
}

std::string OfNotShown(const Comparison& comparison) {
  if (comparison.comparability.side_by_side) return "NOT COMPARABLE: side by side, not judged";
  if (!comparison.comparability.reasons.empty()) return "NOT COMPARABLE";
  if (comparison.policy.require == Requirement::kBitwise) {
    return "UNCLEAR: only strict runs can be compared bit for bit";
  }
  if (!comparison.has_measurements()) return "UNCLEAR: no metric of both arms can be judged";
  const std::string wanted =
      comparison.policy.require == Requirement::kSame ? "the same" : "not worse";
  std::string text =
      absl::StrCat("UNCLEAR: not shown to be ", wanted, ": ", Some(NotShownPaths(comparison)));
  const int64_t needed = Needed(comparison);
  const int64_t have = std::min(comparison.base.num_runs, comparison.head.num_runs);
  if (needed > have) absl::StrAppend(&text, "; it takes about ", needed, " replicates an arm");
  return text;
}

std::string OfPass(Requirement require) {
  switch (require) {
    case Requirement::kNotWorse:
      return "ok: no metric is worse by more than its margin";
    case Requirement::kSame:
      return "ok: every metric is the same or improved";
    case Requirement::kBitwise:
      return "ok: bitwise identical";
  }
  return "ok";
}

// An --allow that allows nothing is a slip of the pen, and no error where several experiments are
// compared.
void NoteIdleAllowances(Comparison& comparison) {
  for (const std::string& name : comparison.policy.allowed) {
    const Policy only = {.require = comparison.policy.require, .allowed = {name}};
    const bool allows =
        std::any_of(comparison.rows.begin(), comparison.rows.end(),
                    [&](const JudgedChange& row) { return only.Allows(row.change.metric); });
    if (allows) continue;
    comparison.comparability.notes.push_back(
        absl::StrCat("--allow ", EscapeForTerminal(name),
                     " allows nothing: no metric without a better direction is called so here"));
  }
}

absl::StatusOr<Comparison> CompareSummaries(const Group& base, const Group& head,
                                            const CompareOptions& options) {
  Comparison comparison;
  comparison.base = {base.path, std::ssize(base.runs)};
  comparison.head = {head.path, std::ssize(head.runs)};
  comparison.policy = options.policy;
  comparison.interval_level = options.significance.interval_level();
  comparison.comparability = CheckComparable(base, head, options.asked);
  const std::vector<PairOfRuns> pairs = PairsOf(base, head);
  const bool comparable = comparison.comparability.reasons.empty();
  if (comparable && Strict(base, head)) {
    comparison.bitwise = CompareBitwise(AllPairsOf(base, head));
  }
  const bool bits_equal = comparison.bitwise && comparison.bitwise->identical();
  BENCH_ASSIGN_OR_RETURN(
      std::vector<MetricChange> changes,
      Selected(MeasureChanges(base, head, bits_equal, options.significance), options.metrics));
  if (!comparable) {
    if (comparison.comparability.side_by_side) {
      comparison.rows = SideBySide(std::move(changes), base, head, options.significance);
    }
    return comparison;
  }
  comparison.head_diverged = AnyDiverged(head);
  comparison.non_finite = FirstNonFiniteOf(head);
  comparison.rows = JudgeChanges(std::move(changes), options.significance);
  comparison.learns = std::any_of(comparison.rows.begin(), comparison.rows.end(), IsLearning);
  comparison.curves = CompareCurves(pairs, options.metrics, options.significance);
  comparison.ranges = CompareRanges(base, head, RuleOfRanges(comparison, options.significance));
  comparison.items = CompareItems(pairs, options.metrics);
  comparison.profile = CompareProfiles(base, head);
  comparison.rounding_only = IsRoundingOnly(comparison);
  NoteIdleAllowances(comparison);
  return comparison;
}

}  // namespace

bool Comparison::has_measurements() const {
  return std::any_of(rows.begin(), rows.end(), [](const JudgedChange& row) {
    return row.verdict != Verdict::kNotJudged && row.verdict != Verdict::kOnlyInBase &&
           row.verdict != Verdict::kOnlyInHead;
  });
}

Outcome Comparison::outcome_of(const JudgedChange& row) const {
  const bool rounding = rounding_only && row.verdict == Verdict::kUnclear &&
                        row.change.metric.kind == MetricKind::kLearning;
  return rounding ? Outcome::kPass : OutcomeOf(row, policy);
}

std::optional<RangeChange> Comparison::slower_range() const {
  const JudgedChange* step = StepRow(rows);
  if (step == nullptr || step->verdict != Verdict::kUnclear || step->not_worse) return std::nullopt;
  return SlowerRange(ranges, step->change.margin);
}

Outcome Comparison::outcome() const {
  if (!comparability.reasons.empty()) return Outcome::kNotShown;
  if (head_diverged || non_finite) return Outcome::kFail;
  if (policy.require == Requirement::kBitwise) return OfBits(*this);
  Outcome worst =
      std::max(has_measurements() ? Outcome::kPass : Outcome::kNotShown, OfCurves(*this));
  for (const JudgedChange& row : rows) worst = std::max(worst, outcome_of(row));
  if (slower_range()) return Outcome::kFail;
  return worst;
}

absl::StatusOr<Comparison> Compare(const Group& given_base, const Group& given_head,
                                   const CompareOptions& options) {
  const Group base = ByReplicate(given_base);
  const Group head = ByReplicate(given_head);
  if (options.targets.empty()) return CompareSummaries(base, head, options);
  Group base_with = base;
  Group head_with = head;
  BENCH_RETURN_IF_ERROR(AddTargets(options.targets, &base_with));
  BENCH_RETURN_IF_ERROR(AddTargets(options.targets, &head_with));
  BENCH_ASSIGN_OR_RETURN(Comparison comparison, CompareSummaries(base_with, head_with, options));
  // A target that is not reached is a row's matter, not a head that has diverged.
  comparison.non_finite = FirstNonFiniteOf(head);
  return comparison;
}

std::string Conclusion(const Comparison& comparison) {
  switch (comparison.outcome()) {
    case Outcome::kPass:
      return OfPass(comparison.policy.require);
    case Outcome::kNotShown:
      return OfNotShown(comparison);
    case Outcome::kFail:
      return OfFailure(comparison);
  }
  return "";
}

}  // namespace bench::results
