#include "results/pages/sweep_charts.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "results/pages/fit_chart.h"
#include "results/pages/page.h"
#include "results/pages/strip_chart.h"
#include "results/pages/table.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/seed_band.h"
#include "results/sweeps/fit_record.h"

namespace bench::results {
namespace {

constexpr std::pair<const char*, size_t> kStyles[] = {
    {"treatment", 0}, {"control", 1}, {"baseline", 2}};

size_t StyleOf(const std::string& role) {
  for (const auto& [name, style] : kStyles) {
    if (role == name) return style;
  }
  return 0;
}

// Absent of a single replicate.
std::optional<Interval> IntervalOf(const std::vector<double>& values) {
  const auto band = BandOfMean(values, kSweepLevel);
  return band.ok() ? std::optional(band->interval) : std::nullopt;
}

StripChart ChartOf(const Sweep& sweep, const std::string& metric) {
  StripChart chart;
  chart.name = metric;
  for (const SweepArm& arm : sweep.arms) {
    const ArmValues* values = sweep.Find(metric, arm.name);
    if (values == nullptr) continue;
    chart.units = values->metric.units;
    const bool is_treatment = StyleOf(arm.role) == 0;
    StripArm strip;
    strip.name = is_treatment ? arm.name : absl::StrCat(arm.name, ", ", arm.role);
    strip.values = values->values;
    if (AllFinite(values->values)) strip.centre = Mean(values->values);
    strip.interval = IntervalOf(values->values);
    strip.style = StyleOf(arm.role);
    chart.arms.push_back(std::move(strip));
  }
  chart.remark = absl::StrFormat("%d replicates; mean, and its %g%% interval", sweep.num_replicates,
                                 100 * kSweepLevel);
  return chart;
}

std::string Shown(double value) { return absl::StrFormat("%.5g", value); }

std::string IntervalText(const std::optional<Interval>& interval) {
  if (!interval) return "-";
  return absl::StrCat(Shown(interval->low), " to ", Shown(interval->high));
}

Html FigureTable(const Sweep& sweep, const std::string& metric) {
  HtmlTable table(metric, {"arm", "role", "settings", "mean", "interval", "replicates"});
  for (const SweepArm& arm : sweep.arms) {
    const ArmValues* values = sweep.Find(metric, arm.name);
    if (values == nullptr) continue;
    const std::string each = absl::StrJoin(
        values->values, ", ", [](std::string* out, double v) { absl::StrAppend(out, Shown(v)); });
    table.AddTextRow({arm.name, arm.role, arm.settings.empty() ? "as defined" : arm.settings,
                      Shown(Mean(values->values)), IntervalText(IntervalOf(values->values)), each});
  }
  return table.Render();
}

Html FitTable(const RecordedFit& fit) {
  HtmlTable table(fit.title, {"quantity", "value", "interval"});
  for (const auto& [name, value] : fit.quantities) {
    const auto interval = fit.intervals.find(name);
    table.AddTextRow({name, Shown(value),
                      interval == fit.intervals.end() ? "-" : IntervalText(interval->second)});
  }
  return table.Render();
}

}  // namespace

Html DrawSweep(const RunRecord& record) {
  const std::optional<Sweep> sweep = SweepOf(record);
  if (!sweep) return {};
  Html charts;
  Html tables;
  Html fits;
  for (const std::string& metric : sweep->metrics) {
    charts += DrawStripChart(ChartOf(*sweep, metric));
    tables += FigureTable(*sweep, metric);
  }
  for (const RecordedFit& fit : FitsOf(record)) {
    charts += DrawFitChart(fit);
    fits += FitTable(fit);
  }
  if (charts.empty()) return {};
  std::vector<std::string> roles;
  for (const auto& [name, style] : kStyles) roles.emplace_back(name);
  return Legend(roles) + ChartGrid(charts) + tables + fits;
}

std::string SweepFigure(const Sweep& sweep) {
  if (sweep.metrics.empty()) return "";
  return StripChartFile(ChartOf(sweep, sweep.metrics.front()));
}

}  // namespace bench::results
