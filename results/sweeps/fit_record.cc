#include "results/sweeps/fit_record.h"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/table_cell.h"

namespace bench::results {
namespace {

absl::Status RecordQuantity(RunWriter& writer, int64_t number, const SweepFit& fit,
                            std::string_view quantity, double value) {
  return writer.TableRow("fits", std::nullopt,
                         {{"fit", number},
                          {"kind", fit.kind},
                          {"arm", fit.arm},
                          {"x", fit.x},
                          {"y", fit.y},
                          {"quantity", std::string(quantity)},
                          {"value", value}});
}

absl::Status RecordInterval(RunWriter& writer, int64_t number, std::string_view quantity,
                            const Interval& interval) {
  return writer.TableRow("fit_intervals", std::nullopt,
                         {{"fit", number},
                          {"quantity", std::string(quantity)},
                          {"low", interval.low},
                          {"high", interval.high}});
}

absl::Status RecordParameters(RunWriter& writer, int64_t number, const SweepFit& fit) {
  const auto names = ParameterNames(fit.fit.curve.kind);
  for (size_t i = 0; i < names.size(); ++i) {
    BENCH_RETURN_IF_ERROR(
        RecordQuantity(writer, number, fit, names[i], fit.fit.curve.parameters[i]));
    if (fit.fit.parameters.empty()) continue;
    BENCH_RETURN_IF_ERROR(RecordInterval(writer, number, names[i], fit.fit.parameters[i]));
  }
  if (!fit.fit.held_out) return absl::OkStatus();
  const Prediction& held_out = *fit.fit.held_out;
  BENCH_RETURN_IF_ERROR(RecordQuantity(writer, number, fit, "held_out_x", held_out.predicted.x));
  BENCH_RETURN_IF_ERROR(RecordQuantity(writer, number, fit, "predicted", held_out.predicted.y));
  BENCH_RETURN_IF_ERROR(RecordQuantity(writer, number, fit, "measured", held_out.measured));
  if (!held_out.predicted.interval) return absl::OkStatus();
  return RecordInterval(writer, number, "predicted", *held_out.predicted.interval);
}

absl::Status RecordCurve(RunWriter& writer, int64_t number, const BandedFit& fit) {
  for (const FittedPoint& point : fit.points) {
    BENCH_RETURN_IF_ERROR(writer.TableRow("fit_curves", std::nullopt,
                                          {{"fit", number}, {"x", point.x}, {"y", point.y}}));
    if (!point.interval) continue;
    BENCH_RETURN_IF_ERROR(writer.TableRow("fit_bands", std::nullopt,
                                          {{"fit", number},
                                           {"x", point.x},
                                           {"low", point.interval->low},
                                           {"high", point.interval->high}}));
  }
  return absl::OkStatus();
}

// Calls `visit` for each row of the table with the number of its fit, from 0 to kMostFits - 1.
constexpr int64_t kMostFits = 1000;
using Visit = std::function<void(size_t fit, const Table& table, const std::vector<Cell>& row)>;

void ForEachRow(const RunRecord& record, const std::string& name, const Visit& visit) {
  const auto table = record.tables.find(name);
  if (table == record.tables.end()) return;
  for (const std::vector<Cell>& row : table->second.rows) {
    const auto* number = CellOf<int64_t>(table->second, row, "fit");
    if (number == nullptr || *number < 0 || *number >= kMostFits) continue;
    visit(static_cast<size_t>(*number), table->second, row);
  }
}

std::string TextOf(const Table& table, const std::vector<Cell>& row, std::string_view column) {
  const auto* text = CellOf<std::string>(table, row, column);
  return text == nullptr ? "" : *text;
}

std::optional<Interval> IntervalOf(const Table& table, const std::vector<Cell>& row) {
  const auto* low = CellOf<double>(table, row, "low");
  const auto* high = CellOf<double>(table, row, "high");
  if (low == nullptr || high == nullptr) return std::nullopt;
  return Interval{*low, *high};
}

std::optional<FittedPoint> PointOf(const Table& table, const std::vector<Cell>& row) {
  const auto* x = CellOf<double>(table, row, "x");
  const auto* y = CellOf<double>(table, row, "y");
  if (x == nullptr || y == nullptr) return std::nullopt;
  return FittedPoint{*x, *y, std::nullopt};
}

void ReadQuantity(const Table& table, const std::vector<Cell>& row, RecordedFit& fit) {
  const auto* value = CellOf<double>(table, row, "value");
  if (value == nullptr) return;
  fit.x = TextOf(table, row, "x");
  fit.y = TextOf(table, row, "y");
  const std::string arm = TextOf(table, row, "arm");
  fit.title = absl::StrCat(fit.y, " by ", fit.x, arm.empty() ? "" : ", ", arm, ": ",
                           TextOf(table, row, "kind"));
  fit.quantities[TextOf(table, row, "quantity")] = *value;
}

}  // namespace

absl::Status RecordFit(RunWriter& writer, int64_t number, const SweepFit& fit) {
  BENCH_RETURN_IF_ERROR(RecordParameters(writer, number, fit));
  for (const FitPoint& point : fit.points) {
    for (const double y : point.y) {
      BENCH_RETURN_IF_ERROR(
          writer.TableRow("fit_points", std::nullopt, {{"fit", number}, {"x", point.x}, {"y", y}}));
    }
  }
  return RecordCurve(writer, number, fit.fit);
}

std::vector<RecordedFit> FitsOf(const RunRecord& record) {
  std::map<size_t, RecordedFit> fits;
  ForEachRow(record, "fits", [&](size_t fit, const Table& table, const std::vector<Cell>& row) {
    ReadQuantity(table, row, fits[fit]);
  });
  const auto is_known = [&](size_t fit) { return fits.contains(fit); };
  ForEachRow(record, "fit_intervals", [&](size_t fit, const Table& table, const auto& row) {
    const std::optional<Interval> interval = IntervalOf(table, row);
    if (interval && is_known(fit)) {
      fits[fit].intervals[TextOf(table, row, "quantity")] = *interval;
    }
  });
  ForEachRow(record, "fit_points", [&](size_t fit, const Table& table, const auto& row) {
    const std::optional<FittedPoint> point = PointOf(table, row);
    if (point && is_known(fit)) fits[fit].points.push_back(*point);
  });
  ForEachRow(record, "fit_curves", [&](size_t fit, const Table& table, const auto& row) {
    const std::optional<FittedPoint> point = PointOf(table, row);
    if (point && is_known(fit)) fits[fit].curve.push_back(*point);
  });
  // The rows of a band stand in the order of the curve's.
  std::map<size_t, size_t> next;
  ForEachRow(record, "fit_bands", [&](size_t fit, const Table& table, const auto& row) {
    if (!is_known(fit)) return;
    std::vector<FittedPoint>& curve = fits[fit].curve;
    const size_t at = next[fit]++;
    if (at < curve.size()) curve[at].interval = IntervalOf(table, row);
  });
  std::vector<RecordedFit> found;
  for (auto& [number, fit] : fits) found.push_back(std::move(fit));
  return found;
}

}  // namespace bench::results
