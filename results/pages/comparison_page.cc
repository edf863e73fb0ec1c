#include "results/pages/comparison_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/comparison/report_rows.h"
#include "results/pages/attributes.h"
#include "results/pages/axis.h"
#include "results/pages/curve_charts.h"
#include "results/pages/page.h"
#include "results/pages/range_bars.h"
#include "results/pages/strip_chart.h"
#include "results/pages/table.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

constexpr size_t kMostRankRows = 200;
constexpr size_t kMostValuesShown = 5;  // of an attribute in an arm

// The class of an outcome, of which page_style.h knows the colour.
std::string StyleOf(Outcome outcome) {
  constexpr std::array<const char*, 3> kStyles = {"pass", "open", "fail"};
  return kStyles[static_cast<size_t>(outcome)];
}

std::string ExperimentOf(const Group& group) {
  return group.runs.empty() ? std::string("A comparison")
                            : group.runs.front().record.header.experiment;
}

Html Lead(const Comparison& comparison) {
  const std::string required =
      absl::StrCat("outcome: ", std::string(Name(comparison.outcome())),
                   "; required: ", std::string(Name(comparison.policy.require)));
  const Html outcome =
      Element("p", {{"class", absl::StrCat("outcome ", StyleOf(comparison.outcome()))}},
              Html::Text(Conclusion(comparison))) +
      TextElement("p", required);
  const Html arms =
      Element("dl", TextElement("dt", "base") + TextElement("dd", ArmText(comparison.base)) +
                        TextElement("dt", "head") + TextElement("dd", ArmText(comparison.head)));
  return outcome + arms + TextList(ReportLines(comparison));
}

Html VerdictCell(const ReportRow& row) {
  Html cell = Html::Text(row.verdict);
  if (!row.remark.empty()) cell += Element("small", Html::Text(row.remark));
  return cell;
}

Html Verdicts(const Comparison& comparison) {
  HtmlTable table("What fails comes first, then what could not be shown",
                  {"metric", "base", "head", "change", "interval", "verdict"});
  for (const ReportRow& row : ReportRows(comparison)) {
    table.AddRow({Html::Text(row.metric), Html::Text(row.base), Html::Text(row.head),
                  Html::Text(row.change), Html::Text(row.interval), VerdictCell(row)},
                 StyleOf(row.outcome));
  }
  return table.Render();
}

RecordArm ArmOf(const std::string& name, const Group& group) {
  RecordArm arm = {name, {}};
  for (const ResultsInput& run : group.runs) arm.runs.push_back(&run.record);
  return arm;
}

Html CurvesSection(const Group& base, const Group& head) {
  const CurveCharts charts = DrawCurves({ArmOf("base", base), ArmOf("head", head)});
  if (charts.learning.empty() && charts.others.empty())
    return Details("Curves of one point", charts.points);
  return TextElement("p",
                     "A thin line is a run. Of several runs the thick line is the median, and the "
                     "band goes from the least to the greatest value.") +
         Legend({"base", "head"}) + ChartGrid(charts.learning) +
         Details("Times, memory and counts over the run", ChartGrid(charts.others)) +
         Details("Curves of a single point", charts.points);
}

Html StripOf(const Comparison& comparison, const ReportRow& row) {
  const MetricChange& change = comparison.rows[row.index].change;
  StripChart chart = {row.metric, change.metric.units, row.verdict, {}, false, 0, {}};
  chart.arms = {{"base", change.base, change.base_centre},
                {"head", change.head, change.head_centre}};
  chart.paired = change.design == Design::kPaired && change.in_all_runs;
  chart.margin = change.margin;
  if (change.interval.low < change.interval.high) chart.interval = change.interval;
  if (!row.change.empty()) absl::StrAppend(&chart.remark, ", ", row.change);
  return DrawStripChart(chart);
}

Html StripsOf(const Comparison& comparison, MetricKind kind) {
  Html strips;
  for (const ReportRow& row : ReportRows(comparison)) {
    if (comparison.rows[row.index].change.metric.kind == kind) strips += StripOf(comparison, row);
  }
  return ChartGrid(strips);
}

Html Distributions(const Comparison& comparison) {
  constexpr std::pair<MetricKind, const char*> kKinds[] = {{MetricKind::kLearning, "Learning"},
                                                           {MetricKind::kTime, "Time"},
                                                           {MetricKind::kCount, "Counts"}};
  Html out;
  for (const auto& [kind, title] : kKinds) {
    const Html strips = StripsOf(comparison, kind);
    if (!strips.empty()) out += TextElement("h3", title) + strips;
  }
  if (out.empty()) return {};
  return TextElement(
             "p",
             absl::StrCat("A dot is a replicate, a bar the centre of its arm. The shaded zone is "
                          "the margin around the base's centre: differences within it do not "
                          "matter. The line below the head's dots is the ",
                          IntervalName(comparison),
                          " of the head's centre, seen from the base's. Dots that belong "
                          "together are joined.")) +
         out;
}

// Medians over an arm's runs of what single processes recorded, by process and metric.
using RankKey = std::pair<int64_t, std::string>;
std::map<RankKey, double> RankMemory(const Group& group) {
  std::map<RankKey, std::vector<double>> values;
  for (const ResultsInput& run : group.runs) {
    for (const auto& [rank, metrics] : run.record.ranks) {
      for (const auto& [path, summary] : metrics) {
        const bool shown = summary.metric.units == "bytes" && Drawable(summary.value);
        if (shown) values[{rank, path}].push_back(summary.value);
      }
    }
  }
  std::map<RankKey, double> medians;
  for (const auto& [key, all] : values) medians[key] = Median(all);
  return medians;
}

Html RankTable(const Group& base, const Group& head) {
  const std::map<RankKey, double> before = RankMemory(base);
  const std::map<RankKey, double> after = RankMemory(head);
  std::set<RankKey> keys;
  for (const auto* arm : {&before, &after}) {
    for (const auto& [key, value] : *arm) keys.insert(key);
  }
  HtmlTable table(keys.size() > kMostRankRows
                      ? absl::StrCat("The first ", kMostRankRows, " of ", keys.size(), " rows")
                      : std::string("Medians over the runs"),
                  {"process and metric", "base", "head", "change"});
  size_t num_rows = 0;
  for (const RankKey& key : keys) {
    if (++num_rows > kMostRankRows) break;
    const auto value = [&](const std::map<RankKey, double>& arm) {
      const auto found = arm.find(key);
      return found == arm.end() ? std::nullopt : std::optional(found->second);
    };
    const std::optional<double> b = value(before), h = value(after);
    const bool known = b && h && *b != 0;
    table.AddTextRow({absl::StrCat("process ", key.first, ": ", key.second), ValueText(b, "bytes"),
                      ValueText(h, "bytes"),
                      known ? absl::StrFormat("%+.2f%%", 100 * (*h - *b) / *b) : std::string()});
  }
  return table.Render();
}

Html Memory(const Comparison& comparison, const Group& base, const Group& head) {
  return StripsOf(comparison, MetricKind::kMemory) +
         Details("Memory by process", RankTable(base, head));
}

Html Phases(const Comparison& comparison) {
  HtmlTable table(
      "Median time in a step in which the phase ran. What changed the run most comes first",
      {"phase", "base", "head", "change", "share", "shown", "bars"});
  const std::vector<RangeRow> rows = RangeRows(comparison);
  double longest = 0;
  for (const RangeChange& range : comparison.ranges) {
    longest = std::max({longest, range.base_s, range.head_s});
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const RangeChange& range = comparison.ranges[i];
    table.AddRow({Html::Text(rows[i].name), Html::Text(rows[i].base), Html::Text(rows[i].head),
                  Html::Text(rows[i].change), Html::Text(rows[i].share),
                  Html::Text(rows[i].finding), RangeBars({range.base_s, range.head_s}, longest)});
  }
  return table.Render();
}

Html ValuesCell(const std::vector<std::string>& values) {
  if (values.size() == 1) return Html::Text(ShortText(values.front()));
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(values.size(), kMostValuesShown); ++i) {
    shown.push_back(ShortText(values[i]));
  }
  if (shown.size() < values.size()) {
    shown.push_back(absl::StrCat("and ", values.size() - shown.size(), " more"));
  }
  return TextList(shown);
}

Html Provenance(const Group& base, const Group& head) {
  const std::vector<std::string> columns = {"attribute", "base", "head"};
  HtmlTable between("Attributes that differ between the arms and not within them", columns);
  HtmlTable within("Attributes that differ from run to run within an arm", columns);
  for (const AttributeDifference& difference : DifferencesBetween(base, head)) {
    HtmlTable& table = difference.within_an_arm() ? within : between;
    table.AddRow(
        {Html::Text(difference.name), ValuesCell(difference.base), ValuesCell(difference.head)});
  }
  return (between.empty() ? TextElement("p",
                                        "Nothing differs between the arms that does not also "
                                        "differ within them.")
                          : between.Render()) +
         Details("What differs from run to run", within.Render());
}

Html Runs(const Group& base, const Group& head) {
  HtmlTable table("All runs", {"file", "arm", "replicate", "status", "attempts", "steps"});
  for (const auto& [name, group] : {std::pair("base", &base), std::pair("head", &head)}) {
    for (const ResultsInput& run : group->runs) {
      const auto loss = run.record.steps.begin();
      table.AddTextRow({run.path, name, absl::StrCat(run.record.header.replicate),
                        std::string(Name(run.record.status)), absl::StrCat(run.record.attempts),
                        loss == run.record.steps.end() || loss->second.step.empty()
                            ? std::string("-")
                            : absl::StrCat(loss->second.step.back())});
    }
  }
  return Details("The files that were read", table.Render());
}

}  // namespace

std::string RenderHtml(const Comparison& comparison, const Group& base, const Group& head) {
  const std::string experiment = ExperimentOf(base);
  Page page(absl::StrCat(experiment, ": ", Conclusion(comparison)),
            absl::StrCat(experiment, ": base and head"));
  page.AddLead(Lead(comparison));
  // What is not comparable has no charts: one beside the other they would be compared.
  if (comparison.comparability.reasons.empty()) {
    page.AddSection("Verdicts", Verdicts(comparison));
    page.AddSection("Learning curves", CurvesSection(base, head));
    page.AddSection("Distributions", Distributions(comparison));
    page.AddSection("Memory", Memory(comparison, base, head));
    page.AddSection("Phases of a step", Phases(comparison));
    const std::vector<std::string> profile = ProfileLines(comparison);
    if (!profile.empty()) page.AddSection("Profiles of a step, not judged", TextList(profile));
  } else if (comparison.comparability.side_by_side) {
    page.AddSection("Side by side", Verdicts(comparison));
  }
  page.AddSection("Provenance", Provenance(base, head));
  page.AddSection("Runs", Runs(base, head));
  return page.Render();
}

}  // namespace bench::results
