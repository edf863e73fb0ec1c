#include "results/record_builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/notes.h"
#include "results/text.h"

namespace bench::results {
namespace {

template <typename Row>
void EraseAfter(int64_t step, std::map<int64_t, Row>* rows) {
  rows->erase(rows->upper_bound(step), rows->end());
}

// Drops the rows whose first cell, their step, is above `step`.
void EraseAfter(int64_t step, Table* table) {
  std::erase_if(table->rows, [step](const std::vector<Cell>& row) {
    return std::get<int64_t>(row.front()) > step;
  });
}

// Keeps the rows once where two series have the same.
void ShareRows(const Series& from, Series& to) {
  if (to.step == from.step) to.step = from.step;
  if (to.tokens == from.tokens) to.tokens = from.tokens;
  if (to.wall_time_s == from.wall_time_s) to.wall_time_s = from.wall_time_s;
}

}  // namespace

absl::Status RecordBuilder::Apply(const Event& event) {
  const auto* begin = std::get_if<BeginEvent>(&event.body);
  const int64_t expected = begin != nullptr ? attempt_ + 1 : attempt_;
  if (event.attempt != expected || event.attempt < 1) {
    return DataError(absl::StrCat("attempt ", event.attempt, " where ", expected, " is expected"));
  }
  return std::visit([this](const auto& body) { return On(body); }, event.body);
}

absl::Status RecordBuilder::On(const BeginEvent& event) {
  if (event.from_step.has_value() != (attempt_ > 0)) {
    return DataError("only a resumption, and every one, has \"from_step\"");
  }
  ++attempt_;
  metrics_.clear();
  // Shares of another number of processes.
  if (event.header.world_size != record_.header.world_size) record_.ranks.clear();
  record_.header = event.header;
  record_.status = RunStatus::kInterrupted;
  record_.attempts = attempt_;
  if (!event.header.run_id.empty()) record_.attempt_facts[attempt_] = Attempt::Of(event.header);
  record_.torn_bytes += event.torn_bytes;
  record_.notes.erase(std::string(kFailureNote));
  if (event.from_step) {
    record_.resumed_from.push_back(*event.from_step);
    DropRowsAfter(*event.from_step);
  }
  return absl::OkStatus();
}

void RecordBuilder::DropRowsAfter(int64_t step) {
  for (SeriesGroup* group : {&steps_, &evals_}) {
    for (auto& [path, series] : *group) EraseAfter(step, &series.rows);
  }
  for (auto& [name, rows] : ranges_) EraseAfter(step, &rows);
  for (auto& [name, rows] : digests_) EraseAfter(step, &rows);
  for (auto& [name, table] : tables_) {
    if (table.shape.has_step) EraseAfter(step, &table.table);
  }
}

absl::Status RecordBuilder::On(const MetricEvent& event) {
  if (!metrics_.emplace(event.id, event.metric).second) {
    return DataError(absl::StrCat("metric number ", event.id, " is given twice"));
  }
  return absl::OkStatus();
}

absl::StatusOr<const MetricInfo*> RecordBuilder::Metric(int64_t id) const {
  const auto found = metrics_.find(id);
  if (found == metrics_.end()) return DataError(absl::StrCat("metric number ", id, " is unknown"));
  return &found->second;
}

absl::Status RecordBuilder::On(const RowEvent& event) {
  SeriesGroup& group = event.group == RowGroup::kSteps ? steps_ : evals_;
  for (const auto& [id, value] : event.values) {
    BENCH_ASSIGN_OR_RETURN(const MetricInfo* metric, Metric(id));
    SeriesRows& series = group[metric->Path()];
    series.metric = *metric;
    series.rows[event.position.step] = {event.position, value};
  }
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const DigestEvent& event) {
  digests_[event.name][event.step] = event.sha256;
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const TableEvent& event) {
  absl::StatusOr<TableShape> shape = TableShape::Of(event.step, event.row);
  if (!shape.ok()) return DataError(std::string(shape.status().message()));
  TableRows& rows = tables_[event.table];
  const bool first_of_attempt = rows.attempt != attempt_;
  const bool replaces = first_of_attempt && !event.step;
  if (rows.table.rows.empty() || replaces) rows = TableRows{};
  rows.attempt = attempt_;
  Table& table = rows.table;
  if (first_of_attempt && event.step) {
    // A run that was killed after its last step evaluates that step once more.
    std::erase_if(table.rows, [&](const std::vector<Cell>& row) {
      return std::get<int64_t>(row.front()) >= *event.step;
    });
  }
  if (table.rows.empty()) {
    rows.shape = *std::move(shape);
    table.columns.clear();  // of rows that were all dropped
    if (event.step) table.columns.emplace_back(kStepColumn);
    table.columns.insert(table.columns.end(), rows.shape.columns.begin(), rows.shape.columns.end());
  } else if (!(*shape == rows.shape)) {
    return DataError(absl::StrCat("table ", EscapeForTerminal(event.table),
                                  ": a row's columns differ from those of the first row"));
  }
  std::vector<Cell>& cells = table.rows.emplace_back();
  if (event.step) cells.emplace_back(*event.step);
  for (const auto& [column, cell] : event.row) cells.push_back(cell);
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const SampleEvent& event) {
  BENCH_ASSIGN_OR_RETURN(const MetricInfo* metric, Metric(event.metric_id));
  SampleRows& rows = samples_[metric->Path()];
  if (rows.attempt != attempt_) rows = SampleRows{attempt_, {*metric, {}}};
  rows.series.value.push_back(event.value);
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const RangeEvent& event) {
  auto& rows = ranges_[event.name];
  const auto [row, inserted] =
      rows.try_emplace(event.step, RangeRow{event.count, event.host_s, event.device_s});
  if (inserted) return absl::OkStatus();
  RangeRow& sum = row->second;
  sum.count += event.count;
  sum.host_s += event.host_s;
  if (sum.device_s && event.device_s) {
    *sum.device_s += *event.device_s;
  } else {
    sum.device_s.reset();
  }
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const SummaryEvent& event) {
  BENCH_ASSIGN_OR_RETURN(const MetricInfo* metric, Metric(event.metric_id));
  record_.summary[metric->Path()] = SummaryValue{*metric, event.value};
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const RankEvent& event) {
  if (event.rank < 0 || event.rank >= record_.header.world_size) {
    return DataError(absl::StrCat("rank ", event.rank, " in a run of ", record_.header.world_size,
                                  " processes"));
  }
  BENCH_ASSIGN_OR_RETURN(const MetricInfo* metric, Metric(event.metric_id));
  record_.ranks[event.rank][metric->Path()] = SummaryValue{*metric, event.value};
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const NoteEvent& event) {
  record_.notes[event.name] = event.value;
  return absl::OkStatus();
}

absl::Status RecordBuilder::On(const EndEvent& event) {
  record_.status = event.status;
  return absl::OkStatus();
}

// Rows that were all dropped at a resumption leave no series.
std::map<std::string, Series> RecordBuilder::BuildSeries(const SeriesGroup& group) {
  std::map<std::string, Series> out;
  const Series* before = nullptr;
  for (const auto& [path, rows] : group) {
    if (rows.rows.empty()) continue;
    Series& series = out[path];
    series.metric = rows.metric;
    for (const auto& [step, row] : rows.rows) {
      series.step.push_back(step);
      series.tokens.push_back(row.first.tokens);
      series.wall_time_s.push_back(row.first.wall_time_s);
      series.value.push_back(row.second);
    }
    if (before != nullptr) ShareRows(*before, series);
    before = &series;
  }
  return out;
}

std::map<std::string, RangeSeries> RecordBuilder::BuildRanges() const {
  std::map<std::string, RangeSeries> out;
  for (const auto& [name, rows] : ranges_) {
    for (const auto& [step, row] : rows) {
      RangeSeries& range = out[name];
      range.step.push_back(step);
      range.count.push_back(row.count);
      range.host_s.push_back(row.host_s);
      range.device_s.push_back(row.device_s);
    }
  }
  return out;
}

std::map<std::string, DigestSeries> RecordBuilder::BuildDigests() const {
  std::map<std::string, DigestSeries> out;
  for (const auto& [name, rows] : digests_) {
    for (const auto& [step, sha256] : rows) {
      DigestSeries& digests = out[name];
      digests.step.push_back(step);
      digests.sha256.push_back(sha256);
    }
  }
  return out;
}

absl::StatusOr<RunRecord> RecordBuilder::Build() const {
  if (attempt_ == 0) return DataError("no attempt has begun");
  RunRecord record = record_;
  record.steps = BuildSeries(steps_);
  record.evals = BuildSeries(evals_);
  record.ranges = BuildRanges();
  record.digests = BuildDigests();
  for (const auto& [path, rows] : samples_) record.samples[path] = rows.series;
  for (const auto& [name, rows] : tables_) {
    if (rows.table.rows.empty()) continue;
    UnifyNumbers(&(record.tables[name] = rows.table));
  }
  if (record.status == RunStatus::kComplete && FirstNonFinite(record)) {
    record.status = RunStatus::kDiverged;
  }
  return record;
}

}  // namespace bench::results
