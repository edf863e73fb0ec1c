#include "results/exports/export_rows.h"

#include <array>
#include <map>
#include <utility>

namespace bench::results {
namespace {

using Visitor = std::function<void(const ExportRow&)>;

constexpr std::string_view kNoUnits = "1";
constexpr std::string_view kSeconds = "s";

constexpr std::array<std::pair<ExportKind, std::string_view>, 6> kNames = {{
    {ExportKind::kSteps, "steps"},
    {ExportKind::kEvals, "evals"},
    {ExportKind::kRanges, "ranges"},
    {ExportKind::kSamples, "samples"},
    {ExportKind::kRanks, "ranks"},
    {ExportKind::kSummary, "summary"},
}};

ExportRow RowOf(ExportKind kind, const MetricInfo& metric, double value) {
  ExportRow row;
  row.kind = kind;
  row.metric = metric.name;
  row.label = metric.label;
  row.units = metric.units;
  row.value = value;
  return row;
}

void VisitSeries(ExportKind kind, const std::map<std::string, Series>& all, const Visitor& visit) {
  for (const auto& [path, series] : all) {
    for (size_t i = 0; i < series.value.size(); ++i) {
      ExportRow row = RowOf(kind, series.metric, series.value[i]);
      row.step = series.step[i];
      row.tokens = series.tokens[i];
      row.wall_time_s = series.wall_time_s[i];
      visit(row);
    }
  }
}

// What one column of a range says of row `i`; absent: nothing.
using RangeColumn = std::optional<double> (*)(const RangeSeries& range, size_t i);
struct RangeFigure {
  std::string_view name;
  std::string_view units;
  RangeColumn value;
};
constexpr std::array<RangeFigure, 3> kRangeFigures = {{
    {"count", kNoUnits,
     [](const RangeSeries& range, size_t i) {
       return std::optional<double>(static_cast<double>(range.count[i]));
     }},
    {"host_s", kSeconds,
     [](const RangeSeries& range, size_t i) { return std::optional<double>(range.host_s[i]); }},
    {"device_s", kSeconds, [](const RangeSeries& range, size_t i) { return range.device_s[i]; }},
}};

void VisitRange(const std::string& name, const RangeSeries& range, const Visitor& visit) {
  for (const RangeFigure& figure : kRangeFigures) {
    for (size_t i = 0; i < range.step.size(); ++i) {
      const std::optional<double> value = figure.value(range, i);
      if (!value) continue;
      ExportRow row;
      row.kind = ExportKind::kRanges;
      row.metric = figure.name;
      row.label = name;
      row.units = figure.units;
      row.step = range.step[i];
      row.value = *value;
      visit(row);
    }
  }
}

}  // namespace

std::string_view Name(ExportKind kind) {
  for (const auto& [entry, name] : kNames) {
    if (entry == kind) return name;
  }
  return "";
}

void ForEachExportRow(const RunRecord& record, const Visitor& visit) {
  VisitSeries(ExportKind::kSteps, record.steps, visit);
  VisitSeries(ExportKind::kEvals, record.evals, visit);
  for (const auto& [name, range] : record.ranges) VisitRange(name, range, visit);
  for (const auto& [path, samples] : record.samples) {
    for (const double value : samples.value) {
      visit(RowOf(ExportKind::kSamples, samples.metric, value));
    }
  }
  for (const auto& [rank, values] : record.ranks) {
    for (const auto& [path, item] : values) {
      ExportRow row = RowOf(ExportKind::kRanks, item.metric, item.value);
      row.rank = rank;
      visit(row);
    }
  }
  for (const auto& [path, item] : record.summary) {
    visit(RowOf(ExportKind::kSummary, item.metric, item.value));
  }
}

}  // namespace bench::results
