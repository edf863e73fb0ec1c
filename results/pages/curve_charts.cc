#include "results/pages/curve_charts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "results/comparison/report_rows.h"
#include "results/pages/axis.h"
#include "results/pages/line_chart.h"
#include "results/pages/table.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

using SeriesMap = std::map<std::string, Series>;

// One metric's curves, arm by arm.
struct Curves {
  std::string name;  // "evals/loss"
  std::string units;
  MetricKind kind = MetricKind::kLearning;
  std::vector<std::vector<const Series*>> arms;

  template <typename Predicate>
  bool All(Predicate holds) const {
    return std::ranges::all_of(arms, [&](const auto& arm) {
      return std::ranges::all_of(arm, [&](const Series* series) { return holds(*series); });
    });
  }
};

std::set<std::string> PathsOf(const std::vector<RecordArm>& arms, SeriesMap RunRecord::*group) {
  std::set<std::string> paths;
  for (const RecordArm& arm : arms) {
    for (const RunRecord* run : arm.runs) {
      for (const auto& [path, series] : run->*group) {
        if (!series.value.empty()) paths.insert(path);
      }
    }
  }
  return paths;
}

Curves CurvesOf(const std::vector<RecordArm>& arms, SeriesMap RunRecord::*group,
                const std::string& path) {
  Curves curves;
  for (const RecordArm& arm : arms) {
    std::vector<const Series*> found;
    for (const RunRecord* run : arm.runs) {
      const auto series = (run->*group).find(path);
      if (series == (run->*group).end() || series->second.value.empty()) continue;
      found.push_back(&series->second);
      curves.units = series->second.metric.units;
      curves.kind = series->second.metric.kind;
    }
    curves.arms.push_back(std::move(found));
  }
  return curves;
}

bool TokensRise(const Series& series) {
  return std::ranges::adjacent_find(series.tokens, std::greater_equal<>()) == series.tokens.end();
}

Html DrawCurves(const Curves& curves, const std::vector<RecordArm>& arms) {
  const bool tokens = curves.All(TokensRise);
  LineChart chart = {curves.name, curves.units, tokens ? "tokens" : "steps", {}};
  for (size_t i = 0; i < arms.size(); ++i) {
    ChartArm arm = {arms[i].name, {}};
    for (const Series* series : curves.arms[i]) {
      arm.runs.push_back({tokens ? series->tokens : series->step, series->value});
    }
    chart.arms.push_back(std::move(arm));
  }
  return DrawLineChart(chart);
}

// The median of an arm's only points, and how many runs have one.
std::string PointText(const std::vector<const Series*>& arm, const std::string& units) {
  std::vector<double> values;
  for (const Series* series : arm) {
    if (Drawable(series->value.front())) values.push_back(series->value.front());
  }
  if (values.empty()) return arm.empty() ? "-" : "not finite";
  return absl::StrCat(values.size() > 1 ? "median " : "", ValueText(Median(values), units));
}

std::vector<std::string> PointColumns(const std::vector<RecordArm>& arms) {
  std::vector<std::string> columns = {"curve", "step"};
  for (const RecordArm& arm : arms) columns.push_back(arm.name);
  return columns;
}

std::string StepText(const Curves& curves) {
  std::set<int64_t> steps;
  for (const auto& arm : curves.arms) {
    for (const Series* series : arm) steps.insert(series->step.front());
  }
  return steps.size() == 1 ? absl::StrCat(*steps.begin())
                           : absl::StrCat(*steps.begin(), " to ", *steps.rbegin());
}

}  // namespace

CurveCharts DrawCurves(const std::vector<RecordArm>& arms) {
  constexpr std::pair<const char*, SeriesMap RunRecord::*> kGroups[] = {
      {"evals/", &RunRecord::evals}, {"steps/", &RunRecord::steps}};
  CurveCharts charts;
  HtmlTable points("Curves of a single point", PointColumns(arms));
  for (const auto& [group_name, group] : kGroups) {
    for (const std::string& path : PathsOf(arms, group)) {
      Curves curves = CurvesOf(arms, group, path);
      curves.name = absl::StrCat(group_name, path);
      if (curves.All([](const Series& series) { return series.value.size() == 1; })) {
        std::vector<std::string> cells = {curves.name, StepText(curves)};
        for (const auto& arm : curves.arms) cells.push_back(PointText(arm, curves.units));
        points.AddTextRow(cells);
        continue;
      }
      Html& charts_of_kind = curves.kind == MetricKind::kLearning ? charts.learning : charts.others;
      charts_of_kind += DrawCurves(curves, arms);
    }
  }
  charts.points = points.Render();
  return charts;
}

}  // namespace bench::results
