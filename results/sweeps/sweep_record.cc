#include "results/sweeps/sweep_record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/seed_band.h"
#include "results/table_cell.h"

namespace bench::results {
namespace {

constexpr char kArms[] = "arms";
constexpr char kMetrics[] = "metrics";
constexpr char kBands[] = "bands";
constexpr char kDifferences[] = "differences";
constexpr char kTreatment[] = "treatment";

// Views of `info`, which outlives it.
MetricDescriptor DescriptorOf(const MetricInfo& info) {
  return {.name = info.name,
          .units = info.units,
          .better = info.better,
          .deterministic = info.deterministic,
          .threshold = info.threshold,
          .description = info.description,
          .kind = info.kind,
          .floor = info.floor.value_or(0)};
}

absl::Status RecordArms(RunWriter& writer, const Sweep& sweep) {
  for (const SweepArm& arm : sweep.arms) {
    BENCH_RETURN_IF_ERROR(writer.TableRow(kArms, std::nullopt,
                                          {{"arm", arm.name},
                                           {"role", arm.role},
                                           {"settings", arm.settings},
                                           {"first_replicate", sweep.first_replicate},
                                           {"replicates", sweep.num_replicates},
                                           {"of_arm", arm.arm},
                                           {"axes", arm.axes}}));
  }
  for (const std::string& metric : sweep.metrics) {
    BENCH_RETURN_IF_ERROR(writer.TableRow(kMetrics, std::nullopt, {{"metric", metric}}));
  }
  return absl::OkStatus();
}

absl::Status RecordValues(RunWriter& writer, const ArmValues& arm, const std::string& name) {
  const MetricInfo info = OfArm(arm.metric, name);
  const MetricDescriptor descriptor = DescriptorOf(info);
  const MetricKey key = {&descriptor, info.label};
  for (const double value : arm.values) BENCH_RETURN_IF_ERROR(writer.Sample(key, value));
  return writer.Summary({key, Mean(arm.values)});
}

using Row = std::vector<std::pair<std::string, Cell>>;

// Nothing of a single replicate, whose spread is not known, nor of values that are not finite.
absl::Status AppendBand(const std::vector<double>& values, Row& row) {
  BENCH_ASSIGN_OR_RETURN(const SeedBand band, BandOfMean(values, kSweepLevel));
  row.emplace_back("replicates", static_cast<int64_t>(values.size()));
  row.emplace_back("mean", band.mean);
  row.emplace_back("low", band.interval.low);
  row.emplace_back("high", band.interval.high);
  row.emplace_back("method", std::string(Name(band.method)));
  return absl::OkStatus();
}

bool HasBand(const std::vector<double>& values) { return values.size() > 1 && AllFinite(values); }

absl::Status RecordBand(RunWriter& writer, const std::string& metric, const std::string& arm,
                        const std::vector<double>& values) {
  if (!HasBand(values)) return absl::OkStatus();
  Row row = {{"metric", metric}, {"arm", arm}};
  BENCH_RETURN_IF_ERROR(AppendBand(values, row));
  return writer.TableRow(kBands, std::nullopt, row);
}

// Replicates of one number have the same seeds, so their differences are what counts.
absl::Status RecordDifference(RunWriter& writer, const std::string& metric, const Sweep& sweep,
                              const std::string& arm, const std::string& than) {
  const ArmValues* of_arm = sweep.Find(metric, arm);
  const ArmValues* of_other = sweep.Find(metric, than);
  if (of_arm == nullptr || of_other == nullptr) return absl::OkStatus();
  std::vector<double> differences;
  for (size_t i = 0; i < of_arm->values.size(); ++i) {
    differences.push_back(of_arm->values[i] - of_other->values[i]);
  }
  if (!HasBand(differences)) return absl::OkStatus();
  Row row = {{"metric", metric}, {"arm", arm}, {"than", than}};
  BENCH_RETURN_IF_ERROR(AppendBand(differences, row));
  const auto [least, greatest] = std::minmax_element(differences.begin(), differences.end());
  row.emplace_back("least", *least);
  row.emplace_back("greatest", *greatest);
  return writer.TableRow(kDifferences, std::nullopt, row);
}

// What a point is compared with: the point of the first treatment that has its values of the axes;
// of a sweep without arms the first point. Null for points of the first treatment themselves.
const SweepArm* TreatmentFor(const Sweep& sweep, const SweepArm& arm) {
  const auto first = std::find_if(sweep.arms.begin(), sweep.arms.end(),
                                  [](const SweepArm& other) { return other.role == kTreatment; });
  if (first == sweep.arms.end()) return nullptr;
  if (first->arm.empty()) return arm == *first ? nullptr : &*first;
  if (arm.arm == first->arm) return nullptr;
  const auto alike = std::find_if(sweep.arms.begin(), sweep.arms.end(), [&](const SweepArm& other) {
    return other.arm == first->arm && other.axes == arm.axes;
  });
  return alike == sweep.arms.end() ? nullptr : &*alike;
}

// Reads the rows of a table that have all of `columns`, as texts.
std::vector<std::vector<std::string>> TextsOf(const RunRecord& record, const std::string& name,
                                              const std::vector<std::string>& columns) {
  std::vector<std::vector<std::string>> texts;
  const auto table = record.tables.find(name);
  if (table == record.tables.end()) return texts;
  for (const std::vector<Cell>& row : table->second.rows) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) {
      const auto* cell = CellOf<std::string>(table->second, row, column);
      if (cell != nullptr) cells.push_back(*cell);
    }
    if (cells.size() == columns.size()) texts.push_back(std::move(cells));
  }
  return texts;
}

// Of the first row; all have the same.
std::optional<int64_t> NumberIn(const RunRecord& record, std::string_view column) {
  const auto table = record.tables.find(kArms);
  if (table == record.tables.end() || table->second.rows.empty()) return std::nullopt;
  const auto* cell = CellOf<int64_t>(table->second, table->second.rows.front(), column);
  return cell == nullptr ? std::nullopt : std::optional(*cell);
}

// The children's metric again, without the arm behind its label.
MetricInfo WithoutArm(MetricInfo info, const std::string& arm) {
  const size_t kept = info.label.size() - std::min(info.label.size(), arm.size() + 1);
  info.label.resize(kept);
  return info;
}

}  // namespace

const ArmValues* Sweep::Find(const std::string& metric, const std::string& arm) const {
  const auto found = values.find(ArmPath(metric, arm));
  return found == values.end() ? nullptr : &found->second;
}

std::string ArmPath(std::string_view metric, std::string_view arm) {
  return absl::StrCat(internal::View(metric), "/", internal::View(arm));
}

MetricInfo OfArm(const MetricInfo& info, const std::string& arm) {
  MetricInfo labelled = info;
  labelled.label = info.label.empty() ? arm : ArmPath(info.label, arm);
  return labelled;
}

absl::Status RecordSweep(RunWriter& writer, const Sweep& sweep) {
  BENCH_RETURN_IF_ERROR(RecordArms(writer, sweep));
  for (const std::string& metric : sweep.metrics) {
    for (const SweepArm& arm : sweep.arms) {
      const ArmValues* values = sweep.Find(metric, arm.name);
      if (values == nullptr) continue;
      BENCH_RETURN_IF_ERROR(RecordValues(writer, *values, arm.name));
      BENCH_RETURN_IF_ERROR(RecordBand(writer, metric, arm.name, values->values));
      const SweepArm* treatment = TreatmentFor(sweep, arm);
      if (treatment == nullptr) continue;
      BENCH_RETURN_IF_ERROR(RecordDifference(writer, metric, sweep, treatment->name, arm.name));
    }
  }
  return absl::OkStatus();
}

std::optional<Sweep> SweepOf(const RunRecord& record) {
  if (record.header.stage != kSweepStage) return std::nullopt;
  const auto first = NumberIn(record, "first_replicate");
  const auto count = NumberIn(record, "replicates");
  if (!first || !count) return std::nullopt;
  Sweep sweep = {
      .arms = {}, .metrics = {}, .first_replicate = *first, .num_replicates = *count, .values = {}};
  for (const auto& cells : TextsOf(record, kArms, {"arm", "role", "settings"})) {
    sweep.arms.push_back({cells[0], cells[1], cells[2]});
  }
  // Files of before there were these columns have none.
  const auto places = TextsOf(record, kArms, {"of_arm", "axes"});
  for (size_t i = 0; i < places.size() && places.size() == sweep.arms.size(); ++i) {
    sweep.arms[i].arm = places[i][0];
    sweep.arms[i].axes = places[i][1];
  }
  for (const auto& cells : TextsOf(record, kMetrics, {"metric"})) {
    sweep.metrics.push_back(cells[0]);
  }
  for (const std::string& metric : sweep.metrics) {
    for (const SweepArm& arm : sweep.arms) {
      const std::string path = ArmPath(metric, arm.name);
      const auto found = record.samples.find(path);
      if (found == record.samples.end() || std::ssize(found->second.value) != *count) continue;
      sweep.values.emplace(
          path, ArmValues{WithoutArm(found->second.metric, arm.name), found->second.value});
    }
  }
  return sweep;
}

}  // namespace bench::results
