#include "results/comparison/verdicts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "results/comparison/targets.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/equivalence.h"
#include "results/statistics/false_discovery.h"

namespace bench::results {
namespace {

// What the change of a metric is called that counts.
Verdict Direction(const MetricChange& change) {
  if (change.metric.better == Better::kNone) return Verdict::kChanged;
  const bool improved = (change.metric.better == Better::kLower) == (change.difference < 0);
  return improved ? Verdict::kImproved : Verdict::kRegressed;
}

// The verdicts that need no test.
std::optional<Verdict> Obvious(const MetricChange& change) {
  if (!change.judged) return Verdict::kNotJudged;
  // A base that did not reach a target has nothing to compare with.
  if (IsOfTarget(change.metric) && !AllFinite(change.base)) return Verdict::kNotMeasured;
  if (!AllFinite(change.head)) return Verdict::kNonFinite;
  if (change.head.empty()) return Verdict::kOnlyInBase;
  if (change.base.empty()) return Verdict::kOnlyInHead;
  if (!change.in_all_runs || !change.described_alike || !AllFinite(change.base)) {
    return Verdict::kNotMeasured;
  }
  if (change.identical) return Verdict::kSame;
  return std::nullopt;
}

bool Overlap(const std::vector<double>& a, const std::vector<double>& b) {
  const auto [a_low, a_high] = std::minmax_element(a.begin(), a.end());
  const auto [b_low, b_high] = std::minmax_element(b.begin(), b.end());
  return *a_low <= *b_high && *b_low <= *a_high;
}

bool Significant(const JudgedChange& judged, const Significance& significance) {
  const double alpha =
      judged.change.design == Design::kRanks ? significance.ranks : significance.paired;
  return judged.change.p_value <= alpha && judged.adjusted_p_value <= significance.false_discovery;
}

// Of a metric without a better direction `equivalent` alone has a meaning.
Equivalence AgainstMargin(const MetricChange& change) {
  const Favours favours =
      change.metric.better == Better::kHigher ? Favours::kHigher : Favours::kLower;
  return JudgeEquivalence(change.interval, Margin::OfDifference(change.margin), favours);
}

Verdict JudgeTested(const JudgedChange& judged, const Significance& significance) {
  const MetricChange& change = judged.change;
  if (AgainstMargin(change).equivalent) return Verdict::kSame;
  const bool large = std::abs(change.difference) > change.margin;
  return large && Significant(judged, significance) ? Direction(change) : Verdict::kUnclear;
}

double Largest(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

// Medians alone would not see what grows in a minority of the replicates.
Verdict JudgeMedians(const MetricChange& change) {
  const bool largest_alike = std::abs(Largest(change.head) - Largest(change.base)) <= change.margin;
  if (std::abs(change.difference) <= change.margin) {
    return largest_alike ? Verdict::kSame : Verdict::kUnclear;
  }
  return Overlap(change.base, change.head) ? Verdict::kUnclear : Direction(change);
}

Verdict Judge(const JudgedChange& judged, const Significance& significance) {
  const MetricChange& change = judged.change;
  if (const std::optional<Verdict> verdict = Obvious(change)) return *verdict;
  switch (change.design) {
    case Design::kExact:
      return std::abs(change.difference) <= change.margin ? Verdict::kSame : Direction(change);
    case Design::kMedians:
      return JudgeMedians(change);
    case Design::kRanks:
    case Design::kPaired:
      return JudgeTested(judged, significance);
  }
  return Verdict::kUnclear;
}

bool NotWorse(const JudgedChange& judged) {
  const MetricChange& change = judged.change;
  if (judged.verdict == Verdict::kSame || judged.verdict == Verdict::kImproved) return true;
  if (judged.verdict != Verdict::kUnclear || change.design == Design::kMedians) return false;
  const Equivalence against = AgainstMargin(change);
  return change.metric.better == Better::kNone ? against.equivalent : against.non_inferior;
}

bool Tested(const MetricChange& change) {
  const bool has_test = change.design == Design::kRanks || change.design == Design::kPaired;
  return has_test && !Obvious(change);
}

void AdjustPValues(std::vector<JudgedChange>& all) {
  std::vector<double> p_values;
  for (const JudgedChange& judged : all) {
    if (Tested(judged.change)) p_values.push_back(judged.change.p_value);
  }
  const auto adjusted = AdjustForFalseDiscovery(p_values);
  if (!adjusted.ok()) return;  // none is outside [0, 1]; nothing would count
  auto next = adjusted->begin();
  for (JudgedChange& judged : all) {
    if (Tested(judged.change)) judged.adjusted_p_value = *next++;
  }
}

Outcome OfUnclear(const JudgedChange& judged, const Policy& policy) {
  const bool shown = policy.require == Requirement::kNotWorse && judged.not_worse;
  return policy.Allows(judged.change.metric) || shown ? Outcome::kPass : Outcome::kNotShown;
}

// Times that describe the machine are shown only. Those that a resumed run has not got are missing.
Outcome OfNotJudged(const JudgedChange& judged) {
  return judged.change.metric.better == Better::kNone ? Outcome::kPass : Outcome::kNotShown;
}

}  // namespace

std::string_view Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSame:
      return "same";
    case Verdict::kImproved:
      return "improved";
    case Verdict::kRegressed:
      return "REGRESSED";
    case Verdict::kChanged:
      return "CHANGED";
    case Verdict::kUnclear:
      return "unclear";
    case Verdict::kNonFinite:
      return "NON-FINITE";
    case Verdict::kNotMeasured:
      return "not comparable";
    case Verdict::kOnlyInBase:
      return "only in base";
    case Verdict::kOnlyInHead:
      return "only in head";
    case Verdict::kNotJudged:
      return "not judged";
  }
  return "";
}

std::string_view Name(Requirement require) {
  switch (require) {
    case Requirement::kNotWorse:
      return "not-worse";
    case Requirement::kSame:
      return "same";
    case Requirement::kBitwise:
      return "bitwise";
  }
  return "";
}

bool Policy::Allows(const MetricInfo& metric) const {
  return metric.better == Better::kNone &&
         (allowed.contains(metric.name) || allowed.contains(metric.Path()));
}

std::optional<Requirement> ParseRequirement(std::string_view name) {
  for (const Requirement require :
       {Requirement::kNotWorse, Requirement::kSame, Requirement::kBitwise}) {
    if (Name(require) == name) return require;
  }
  return std::nullopt;
}

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kNotShown:
      return "not shown";
    case Outcome::kFail:
      return "fail";
  }
  return "";
}

std::vector<JudgedChange> JudgeChanges(std::vector<MetricChange> changes,
                                       const Significance& significance) {
  std::vector<JudgedChange> all;
  for (MetricChange& change : changes) all.push_back({.change = std::move(change)});
  AdjustPValues(all);
  for (JudgedChange& judged : all) {
    judged.verdict = Judge(judged, significance);
    judged.not_worse = NotWorse(judged);
  }
  return all;
}

Outcome OutcomeOf(const JudgedChange& judged, const Policy& policy) {
  switch (judged.verdict) {
    case Verdict::kSame:
    case Verdict::kImproved:
    case Verdict::kOnlyInHead:
      return Outcome::kPass;
    case Verdict::kNotJudged:
      return OfNotJudged(judged);
    case Verdict::kChanged:
      return policy.Allows(judged.change.metric) ? Outcome::kPass : Outcome::kFail;
    case Verdict::kRegressed:
    case Verdict::kNonFinite:
      return Outcome::kFail;
    case Verdict::kUnclear:
      return OfUnclear(judged, policy);
    case Verdict::kOnlyInBase:
    case Verdict::kNotMeasured:
      return Outcome::kNotShown;
  }
  return Outcome::kNotShown;
}

ExitCode ExitCodeOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return ExitCode::kOk;
    case Outcome::kNotShown:
      return ExitCode::kIncomparable;
    case Outcome::kFail:
      return ExitCode::kRegressed;
  }
  return ExitCode::kIncomparable;
}

}  // namespace bench::results
