#include "results/comparison/report_rows.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/comparison/targets.h"
#include "results/text.h"
#include "results/value_text.h"

namespace bench::results {
namespace {

constexpr double kPercent = 100;
constexpr double kMiB = 1 << 20;
constexpr size_t kRangesShown = 6;
constexpr size_t kProfileShown = 8;

// The value in the middle of an arm; what could not be measured so is shown by its first value.
std::string ArmValue(const std::optional<double>& centre, const std::vector<double>& values,
                     const std::string& units) {
  if (centre || values.empty()) return ValueText(centre, units);
  return ValueText(values.front(), units);
}

// Changes are shown relative to the base where the margin is so, else in the metric's units.
bool Relative(const MetricChange& change) {
  if (!change.base_centre || *change.base_centre == 0) return false;
  const double relative = change.metric.threshold * std::abs(*change.base_centre);
  return relative >= change.metric.floor.value_or(0);
}

std::string DifferenceText(const MetricChange& change, double difference) {
  if (Relative(change)) {
    return absl::StrFormat("%+.2f%%", kPercent * difference / std::abs(*change.base_centre));
  }
  if (change.metric.units == "bytes") return absl::StrFormat("%+.2f MiB", difference / kMiB);
  return absl::StrFormat("%+.3g", difference);
}

std::string IntervalText(const MetricChange& change) {
  const Interval& interval = change.interval;
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return "";
  if (interval.low == interval.high) return "";
  return absl::StrCat(DifferenceText(change, interval.low), " .. ",
                      DifferenceText(change, interval.high));
}

std::string SizeText(const MetricChange& change, double size) {
  std::string text = DifferenceText(change, size);
  text.erase(0, 1);  // the sign
  return text;
}

size_t NumNotFinite(const std::vector<double>& values) {
  return static_cast<size_t>(std::count_if(values.begin(), values.end(),
                                           [](double value) { return !std::isfinite(value); }));
}

// Of a target, which takes infinitely long to a run that does not get there.
std::string NotReached(std::string_view arm, const std::vector<double>& values) {
  return absl::StrCat("the target is not reached in ", NumNotFinite(values), " of ", values.size(),
                      " runs of the ", std::string(arm));
}

std::string WhyNotMeasured(const MetricChange& change) {
  if (IsOfTarget(change.metric) && NumNotFinite(change.base) > 0) {
    return NotReached("base", change.base);
  }
  if (!change.in_all_runs) return "not measured in every replicate";
  if (!change.described_alike) return "the arms describe it differently";
  return "the base has values that are not finite";
}

// Of medians, which have no test.
std::string WhyUnclear(const MetricChange& change) {
  if (std::abs(change.difference) > change.margin) return "the replicates of the arms overlap";
  const double largest = *std::max_element(change.head.begin(), change.head.end()) -
                         *std::max_element(change.base.begin(), change.base.end());
  return absl::StrCat("the largest replicates differ by ", DifferenceText(change, largest));
}

std::string RemarkOf(const JudgedChange& row) {
  const MetricChange& change = row.change;
  if (row.verdict == Verdict::kNotMeasured) return WhyNotMeasured(change);
  if (row.verdict == Verdict::kNonFinite && IsOfTarget(change.metric)) {
    return NotReached("head", change.head);
  }
  if (row.verdict != Verdict::kUnclear) return "";
  std::string text;
  if (change.design == Design::kMedians) text = WhyUnclear(change);
  if (row.not_worse)
    text = absl::StrCat("not worse by more than ", SizeText(change, change.margin));
  const auto add = [&text](const std::string& part) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", part);
  };
  if (change.detectable) {
    add(absl::StrCat("changes of ", SizeText(change, *change.detectable), " would have shown"));
  }
  const auto have = static_cast<int64_t>(std::min(change.base.size(), change.head.size()));
  if (change.replicates_needed && *change.replicates_needed > have) {
    add(absl::StrCat("sameness takes about ", *change.replicates_needed, " replicates an arm"));
  }
  if (have < 2) add("one replicate says nothing of their spread");
  return text;
}

// Of arms side by side: head / base instead of a change.
void AddRatio(const Comparison& comparison, const MetricChange& change, ReportRow& out) {
  out.verdict = "side by side";
  if (!change.ratio_estimate) return;
  out.change = absl::StrFormat("%.3gx", change.ratio_estimate->ratio);
  const Interval& interval = change.ratio_estimate->interval;
  if (!(interval.low > 0) || !std::isfinite(interval.high)) return;
  out.interval =
      absl::StrFormat("%s %.3gx .. %.3gx", IntervalName(comparison), interval.low, interval.high);
}

ReportRow RowOf(const Comparison& comparison, const JudgedChange& row) {
  const MetricChange& change = row.change;
  ReportRow out;
  out.metric = EscapeForTerminal(change.metric.Path());
  out.base = ArmValue(change.base_centre, change.base, change.metric.units);
  out.head = ArmValue(change.head_centre, change.head, change.metric.units);
  if (comparison.comparability.side_by_side) {
    AddRatio(comparison, change, out);
    out.outcome = Outcome::kNotShown;
    return out;
  }
  if (change.base_centre && change.head_centre) {
    out.change = DifferenceText(change, change.difference);
    const std::string interval = IntervalText(change);
    if (!interval.empty()) out.interval = absl::StrCat(IntervalName(comparison), " ", interval);
  }
  out.verdict = std::string(Name(row.verdict));
  out.remark = RemarkOf(row);
  out.outcome = comparison.outcome_of(row);
  return out;
}

std::string Where(const std::string& path, const std::optional<int64_t>& step) {
  const std::string escaped = EscapeForTerminal(path);
  return step ? absl::StrCat(escaped, " at step ", *step) : escaped;
}

std::string DifferenceLine(std::string_view what, const Difference& difference) {
  std::string line = absl::StrCat("first differing ", std::string(what), ": ",
                                  Where(difference.path, difference.step), ": ", difference.base,
                                  " in the base, ", difference.head, " in the head");
  if (difference.relative) absl::StrAppendFormat(&line, " (%.1e of it)", *difference.relative);
  return line;
}

void AddBitwise(const GroupBitwise& bitwise, std::vector<std::string>& lines) {
  const BitwiseComparison& shown = bitwise.shown;
  const std::string compared =
      absl::StrCat(shown.num_digests, " digests, ", shown.num_values, " deterministic values",
                   bitwise.num_pairs > 1 ? " a pair" : "");
  if (bitwise.identical()) {
    lines.push_back(absl::StrCat(
        "bitwise: identical (",
        bitwise.num_pairs > 1 ? absl::StrCat(bitwise.num_pairs, " pairs, ") : "", compared, ")"));
    return;
  }
  if (!shown.digest && !shown.metric) {
    lines.emplace_back("bitwise: nothing recorded to compare");
    return;
  }
  const std::string pairs =
      bitwise.num_pairs > 1
          ? absl::StrCat(" in ", bitwise.num_pairs - bitwise.num_identical, " of ",
                         bitwise.num_pairs, " pairs; replicate ", bitwise.shown_replicate)
          : std::string();
  lines.push_back(absl::StrCat("bitwise: different", pairs, " (", compared, ")"));
  if (shown.digest) lines.push_back(DifferenceLine("digest", *shown.digest));
  if (shown.metric) lines.push_back(DifferenceLine("value", *shown.metric));
}

std::string CurveLine(const CurveChange& curves) {
  if (!curves.complete) {
    return absl::StrCat("learning curves: ", EscapeForTerminal(curves.incomplete_path),
                        " is not in all runs, or not finite");
  }
  const std::string tested = absl::StrFormat(
      "%d curve%s of %d %s, p = %.2g", curves.num_curves, curves.num_curves == 1 ? "" : "s",
      curves.num_pairs, curves.paired ? "pairs" : "replicates an arm", curves.p_value);
  if (curves.differ) {
    return absl::StrFormat("learning curves: %s (%s); most at %s after %.0f tokens: %+.3g",
                           curves.worse ? "WORSE" : "better", tested,
                           EscapeForTerminal(curves.path), curves.tokens, curves.difference);
  }
  if (curves.num_pairs < static_cast<int64_t>(kFewestCurveRuns)) {
    return absl::StrFormat(
        "learning curves: unclear (%s; it takes %d of them to find a difference, and %d pairs to "
        "find a small one)",
        tested, kFewestCurveRuns, kFewestCurvePairs);
  }
  return absl::StrFormat("learning curves: no difference found (%s)", tested);
}

// Only what the models answered: a commit is judged by replicates.
std::string ItemLine(const ItemChange& items) {
  return absl::StrFormat(
      "items of %s, replicate %d: %d of %d right in base, %d in head, %+.1f points [%+.1f, %+.1f]; "
      "%d only in base, %d only in head (McNemar p = %.2g: these two models differ, as replicates "
      "of one commit may)",
      EscapeForTerminal(items.path), items.replicate, items.base.successes, items.base.trials,
      items.head.successes, kPercent * items.difference, kPercent * items.interval.low,
      kPercent * items.interval.high, items.discordant.only_base, items.discordant.only_head,
      items.p_value);
}

std::string FindingOf(const RangeChange& range) {
  if (range.only_in_base) return "only in base";
  if (range.only_in_head) return "only in head";
  if (!range.counts) return "";
  return absl::StrFormat("%s, p = %.2g", range.shift_s > 0 ? "slower" : "faster", range.p_value);
}

}  // namespace

std::string ValueText(const std::optional<double>& value, const std::string& units) {
  return value ? ValueText(*value, units) : "-";
}

std::string TimeText(double seconds) {
  return std::abs(seconds) >= 1 ? absl::StrFormat("%.4g s", seconds)
                                : absl::StrFormat("%.4g ms", 1e3 * seconds);
}

std::string IntervalName(const Comparison& comparison) {
  return absl::StrFormat("%.3g%% interval", kPercent * comparison.interval_level);
}

std::string ArmText(const ArmSummary& arm) {
  return absl::StrCat(EscapeForTerminal(arm.path), ", ", arm.num_runs,
                      arm.num_runs == 1 ? " run" : " runs");
}

std::vector<ReportRow> ReportRows(const Comparison& comparison) {
  std::vector<ReportRow> rows;
  for (const JudgedChange& row : comparison.rows) {
    rows.push_back(RowOf(comparison, row));
    rows.back().index = rows.size() - 1;
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ReportRow& a, const ReportRow& b) { return a.outcome > b.outcome; });
  return rows;
}

std::vector<std::string> ReportLines(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const std::string& reason : comparison.comparability.reasons) {
    lines.push_back(absl::StrCat("not comparable: ", reason));
  }
  for (const std::string& note : comparison.comparability.notes) {
    lines.push_back(absl::StrCat("note: ", note));
  }
  if (comparison.bitwise) AddBitwise(*comparison.bitwise, lines);
  if (comparison.non_finite) {
    lines.push_back(
        absl::StrCat("first value of the head that is not finite: ",
                     Where(comparison.non_finite->where.path, comparison.non_finite->where.step),
                     comparison.head.num_runs > 1
                         ? absl::StrCat(" in ", EscapeForTerminal(comparison.non_finite->file))
                         : std::string()));
  }
  if (comparison.curves) lines.push_back(CurveLine(*comparison.curves));
  for (const ItemChange& items : comparison.items) {
    if (items.p_value <= kModelsDiffer) lines.push_back(ItemLine(items));
  }
  if (comparison.rounding_only) {
    lines.emplace_back(
        "rounding only: bits differ, curves and final values by no more than replicates do");
  }
  return lines;
}

std::vector<RangeRow> RangeRows(const Comparison& comparison) {
  std::vector<RangeRow> rows;
  for (const RangeChange& range : comparison.ranges) {
    rows.push_back({EscapeForTerminal(range.name), TimeText(range.base_s), TimeText(range.head_s),
                    absl::StrFormat("%+.3g ms", 1e3 * (range.head_s - range.base_s)),
                    range.share
                        ? absl::StrFormat("%.0f%% of the step's change", kPercent * *range.share)
                        : std::string(),
                    FindingOf(range)});
  }
  return rows;
}

std::vector<std::string> RangeLines(const Comparison& comparison) {
  std::vector<std::string> lines;
  const std::vector<RangeRow> rows = RangeRows(comparison);
  for (size_t i = 0; i < rows.size() && i < kRangesShown; ++i) {
    if (comparison.ranges[i].head_s == comparison.ranges[i].base_s) break;
    const RangeRow& row = rows[i];
    lines.push_back(absl::StrCat(row.name, ": ", row.base, " -> ", row.head, " (", row.change,
                                 row.share.empty() ? "" : ", ", row.share,
                                 row.finding.empty() ? "" : "; ", row.finding, ")"));
  }
  return lines;
}

std::vector<std::string> ProfileLines(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const ProfileChange& change : comparison.profile) {
    const double difference = change.head_s - change.base_s;
    if (lines.size() == kProfileShown || difference == 0) break;
    lines.push_back(absl::StrCat(
        change.what, " ", EscapeForTerminal(change.name),
        change.range.empty() ? "" : absl::StrCat(" of ", EscapeForTerminal(change.range)), ": ",
        TimeText(change.base_s), " -> ", TimeText(change.head_s),
        absl::StrFormat(" (%+.3g ms)", 1e3 * difference)));
  }
  return lines;
}

}  // namespace bench::results
