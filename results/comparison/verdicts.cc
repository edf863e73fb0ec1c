#include "results/comparison/verdicts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

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
  if (!change.finite()) return Verdict::kNonFinite;
  if (change.head.empty()) return Verdict::kOnlyInBase;
  if (change.base.empty()) return Verdict::kOnlyInHead;
  if (change.identical) return Verdict::kSame;
  return std::nullopt;
}

bool Overlap(const std::vector<double>& a, const std::vector<double>& b) {
  const auto [a_low, a_high] = std::minmax_element(a.begin(), a.end());
  const auto [b_low, b_high] = std::minmax_element(b.begin(), b.end());
  return *a_low <= *b_high && *b_low <= *a_high;
}

bool Significant(const JudgedChange& judged) {
  const double alpha = judged.change.design == Design::kRanks ? kRanksAlpha : kPairedAlpha;
  return judged.change.p_value <= alpha && judged.adjusted_p_value <= kFalseDiscoveryRate;
}

bool WithinMargin(const MetricChange& change) {
  return -change.margin <= change.interval.low && change.interval.high <= change.margin;
}

Verdict JudgeTested(const JudgedChange& judged) {
  const MetricChange& change = judged.change;
  if (WithinMargin(change)) return Verdict::kSame;
  const bool large = std::abs(change.difference) > change.margin;
  return large && Significant(judged) ? Direction(change) : Verdict::kUnclear;
}

Verdict JudgeMedians(const MetricChange& change) {
  if (std::abs(change.difference) <= change.margin) return Verdict::kSame;
  return Overlap(change.base, change.head) ? Verdict::kUnclear : Direction(change);
}

Verdict Judge(const JudgedChange& judged) {
  const MetricChange& change = judged.change;
  if (const std::optional<Verdict> verdict = Obvious(change)) return *verdict;
  switch (change.design) {
    case Design::kExact:
      return std::abs(change.difference) <= change.margin ? Verdict::kSame : Direction(change);
    case Design::kMedians:
      return JudgeMedians(change);
    case Design::kRanks:
    case Design::kPaired:
      return JudgeTested(judged);
  }
  return Verdict::kUnclear;
}

bool NotWorse(const JudgedChange& judged) {
  const MetricChange& change = judged.change;
  switch (change.metric.better) {
    case Better::kLower:
      return change.interval.high <= change.margin;
    case Better::kHigher:
      return -change.margin <= change.interval.low;
    case Better::kNone:
      return true;
  }
  return false;
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
  if (!adjusted.ok()) return;  // of no p-value
  auto next = adjusted->begin();
  for (JudgedChange& judged : all) {
    if (Tested(judged.change)) judged.adjusted_p_value = *next++;
  }
}

Outcome OfUnclear(const JudgedChange& judged, Requirement require) {
  return require == Requirement::kNotWorse && judged.not_worse ? Outcome::kPass
                                                               : Outcome::kNotShown;
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

std::vector<JudgedChange> JudgeChanges(std::vector<MetricChange> changes) {
  std::vector<JudgedChange> all;
  for (MetricChange& change : changes) all.push_back({.change = std::move(change)});
  AdjustPValues(all);
  for (JudgedChange& judged : all) {
    judged.verdict = Judge(judged);
    judged.not_worse = NotWorse(judged);
  }
  return all;
}

Outcome OutcomeOf(const JudgedChange& judged, const Policy& policy) {
  switch (judged.verdict) {
    case Verdict::kSame:
    case Verdict::kImproved:
    case Verdict::kOnlyInHead:
    case Verdict::kNotJudged:
      return Outcome::kPass;
    case Verdict::kChanged:
      return policy.allowed.contains(judged.change.metric.name) ? Outcome::kPass : Outcome::kFail;
    case Verdict::kRegressed:
    case Verdict::kNonFinite:
      return Outcome::kFail;
    case Verdict::kUnclear:
      return OfUnclear(judged, policy.require);
    case Verdict::kOnlyInBase:
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
