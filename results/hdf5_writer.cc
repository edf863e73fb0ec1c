#include <hdf5_hl.h>

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "results/hdf5_layout.h"
#include "results/hdf5_output.h"
#include "results/record_fields.h"

namespace bench::results {
namespace {

// Writes visited fields as attributes of one object.
class AttributeFields {
 public:
  explicit AttributeFields(const Hdf5Id& object) : object_(object) {}

  void operator()(std::string_view name, const std::string& value) { Write(name, value); }
  void operator()(std::string_view name, int64_t value) { Write(name, value); }
  void operator()(std::string_view name, double value) { Write(name, value); }
  void operator()(std::string_view name, bool value) { Write(name, value); }
  void operator()(std::string_view name, const std::optional<int64_t>& value) {
    if (value) Write(name, *value);
  }
  void operator()(std::string_view name, const std::optional<double>& value) {
    if (value) Write(name, *value);
  }
  void operator()(std::string_view name, Better value) { Write(name, std::string(Name(value))); }
  void operator()(std::string_view name, MetricKind value) {
    Write(name, std::string(Name(value)));
  }
  const absl::Status& status() const { return status_; }

 private:
  void Write(std::string_view name, const Attribute& value) {
    if (status_.ok()) status_ = WriteAttribute(object_, std::string(name), value);
  }
  const Hdf5Id& object_;
  absl::Status status_;
};

absl::Status WriteMetric(const Hdf5Id& dataset, const MetricInfo& metric) {
  AttributeFields fields(dataset);
  VisitMetric(metric, fields);
  return fields.status();
}

// An attribute of a group, or a dataset in it if the text is too long for one.
absl::Status WriteGroupAttribute(const Hdf5Id& group, const std::string& name,
                                 const Attribute& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && text->size() > layout::kMaxAttributeText) {
    return WriteScalarText(group, layout::LinkName(name), *text);
  }
  return WriteAttribute(group, name, value);
}

absl::Status WriteAttributeGroup(const Hdf5Id& file, const std::string& link, const auto& values) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, link));
  for (const auto& [name, value] : values) {
    BENCH_RETURN_IF_ERROR(WriteGroupAttribute(group, name, Attribute(value)));
  }
  return absl::OkStatus();
}

absl::Status WriteRoot(const Hdf5Id& file, const RunRecord& record) {
  AttributeFields fields(file);
  fields("format", std::string(layout::kFormat));
  fields("format_version", kFormatVersion);
  VisitHeader(record.header, fields);
  fields("status", std::string(Name(record.status)));
  fields("attempts", record.attempts);
  fields("journal_torn_bytes", record.torn_bytes);
  BENCH_RETURN_IF_ERROR(fields.status());
  if (record.resumed_from.empty()) return absl::OkStatus();
  return WriteAttribute(file, "resumed_from", record.resumed_from);
}

// A column described by an axis; `scale_name` makes it a dimension scale.
absl::StatusOr<Hdf5Id> WriteAxis(const Hdf5Id& group, const std::string& link,
                                 const layout::Axis& axis, const auto& values) {
  BENCH_ASSIGN_OR_RETURN(Hdf5Id dataset, WriteColumn(group, link, values));
  BENCH_RETURN_IF_ERROR(WriteMetric(dataset, layout::InfoOf(axis)));
  return dataset;
}

absl::StatusOr<Hdf5Id> WriteScale(const Hdf5Id& group, const std::string& suffix,
                                  const layout::Axis& axis, const auto& values) {
  const std::string link = absl::StrCat(axis.scale, suffix);
  BENCH_ASSIGN_OR_RETURN(Hdf5Id dataset, WriteAxis(group, link, axis, values));
  if (H5DSset_scale(dataset.get(), axis.scale) < 0) {
    return EnvironmentError(absl::StrCat("HDF5 cannot write the scale ", link));
  }
  return dataset;
}

absl::Status Attach(const Hdf5Id& dataset, const Hdf5Id& scale) {
  if (H5DSattach_scale(dataset.get(), scale.get(), 0) < 0) {
    return EnvironmentError("HDF5 cannot attach a dimension scale");
  }
  return absl::OkStatus();
}

// Groups what has the same rows, so that it shares scales; the rows of the most come first and are
// called "step", the next "step_2", ...
template <typename T, typename RowsOf>
std::vector<std::vector<const T*>> GroupByRows(const std::map<std::string, T>& all,
                                               RowsOf rows_of) {
  std::map<decltype(rows_of(all.begin()->second)), size_t> seen;
  std::vector<std::vector<const T*>> groups;
  for (const auto& [path, item] : all) {
    const auto [found, added] = seen.try_emplace(rows_of(item), groups.size());
    if (added) groups.emplace_back();
    groups[found->second].push_back(&item);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

// Comparable even where there is a NaN.
std::vector<uint64_t> Bits(const std::vector<double>& values) {
  std::vector<uint64_t> bits;
  bits.reserve(values.size());
  for (const double value : values) bits.push_back(std::bit_cast<uint64_t>(value));
  return bits;
}

std::string ScaleSuffix(size_t index) { return index == 0 ? "" : absl::StrCat("_", index + 1); }

absl::Status WriteSeriesWithScales(const Hdf5Id& group, const std::string& suffix,
                                   const std::vector<const Series*>& all) {
  const Series& rows = *all.front();
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id step, WriteScale(group, suffix, layout::kStep, rows.step));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id tokens,
                         WriteScale(group, suffix, layout::kTokens, rows.tokens));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id wall_time,
                         WriteScale(group, suffix, layout::kWallTime, rows.wall_time_s));
  for (const Series* series : all) {
    BENCH_ASSIGN_OR_RETURN(
        const Hdf5Id dataset,
        WriteColumn(group, layout::MetricLinkName(series->metric), series->value));
    BENCH_RETURN_IF_ERROR(WriteMetric(dataset, series->metric));
    for (const Hdf5Id* scale : {&step, &tokens, &wall_time}) {
      BENCH_RETURN_IF_ERROR(Attach(dataset, *scale));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteSeriesGroup(const Hdf5Id& file, const std::string& link,
                              const std::map<std::string, Series>& all) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, link));
  const auto groups = GroupByRows(all, [](const Series& s) {
    return std::tuple(s.step.values(), s.tokens.values(), Bits(s.wall_time_s));
  });
  for (size_t i = 0; i < groups.size(); ++i) {
    BENCH_RETURN_IF_ERROR(WriteSeriesWithScales(group, ScaleSuffix(i), groups[i]));
  }
  return absl::OkStatus();
}

absl::Status WriteDeviceTimes(const Hdf5Id& group, const RangeSeries& range,
                              const Hdf5Id& all_steps) {
  std::vector<int64_t> steps;
  std::vector<double> times;
  for (size_t i = 0; i < range.step.size(); ++i) {
    if (!range.device_s[i]) continue;
    steps.push_back(range.step[i]);
    times.push_back(*range.device_s[i]);
  }
  if (steps.empty()) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset,
                         WriteAxis(group, layout::kDeviceTime.scale, layout::kDeviceTime, times));
  if (steps.size() == range.step.size()) return Attach(dataset, all_steps);
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id own, WriteScale(group, "_2", layout::kStep, steps));
  return Attach(dataset, own);
}

absl::Status WriteRange(const Hdf5Id& ranges, const std::string& name, const RangeSeries& range) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(ranges, layout::LinkName(name)));
  BENCH_RETURN_IF_ERROR(WriteAttribute(group, "total_count", Attribute(range.TotalCount())));
  BENCH_RETURN_IF_ERROR(WriteAttribute(group, "total_host_s", Attribute(range.TotalHostS())));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id step, WriteScale(group, "", layout::kStep, range.step));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id count,
                         WriteAxis(group, layout::kCount.scale, layout::kCount, range.count));
  BENCH_RETURN_IF_ERROR(Attach(count, step));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id host, WriteAxis(group, layout::kHostTime.scale,
                                                      layout::kHostTime, range.host_s));
  BENCH_RETURN_IF_ERROR(Attach(host, step));
  return WriteDeviceTimes(group, range, step);
}

absl::Status WriteRanges(const Hdf5Id& file, const std::map<std::string, RangeSeries>& ranges) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, "ranges"));
  for (const auto& [name, range] : ranges) {
    BENCH_RETURN_IF_ERROR(WriteRange(group, name, range));
  }
  return absl::OkStatus();
}

absl::Status WriteSamples(const Hdf5Id& file, const std::map<std::string, SampleSeries>& samples) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, "samples"));
  for (const auto& [path, series] : samples) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset,
                           WriteColumn(group, layout::MetricLinkName(series.metric), series.value));
    BENCH_RETURN_IF_ERROR(WriteMetric(dataset, series.metric));
  }
  return absl::OkStatus();
}

absl::Status WriteDigests(const Hdf5Id& file, const std::map<std::string, DigestSeries>& digests) {
  constexpr size_t kHexDigits = 64;
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, "digests"));
  const auto groups = GroupByRows(digests, [](const DigestSeries& d) { return d.step; });
  std::map<std::vector<int64_t>, Hdf5Id> scales;
  for (size_t i = 0; i < groups.size(); ++i) {
    const std::vector<int64_t>& rows = groups[i].front()->step;
    BENCH_ASSIGN_OR_RETURN(scales[rows], WriteScale(group, ScaleSuffix(i), layout::kStep, rows));
  }
  for (const auto& [name, series] : digests) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset, WriteFixedColumn(group, layout::LinkName(name),
                                                                  series.sha256, kHexDigits));
    BENCH_RETURN_IF_ERROR(Attach(dataset, scales[series.step]));
  }
  return absl::OkStatus();
}

template <typename T>
std::vector<T> ColumnOf(const Table& table, size_t column) {
  std::vector<T> values;
  values.reserve(table.rows.size());
  for (const std::vector<Cell>& row : table.rows) values.push_back(std::get<T>(row[column]));
  return values;
}

struct WriteTableColumn {
  const Hdf5Id& group;
  const Table& table;
  size_t column;

  // Called with the column's first cell, whose type all the others share.
  template <typename T>
  absl::Status operator()(const T&) const {
    return WriteColumn(group, layout::LinkName(table.columns[column]), ColumnOf<T>(table, column))
        .status();
  }
};

absl::Status WriteTables(const Hdf5Id& file, const std::map<std::string, Table>& tables) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id all, CreateGroup(file, "tables"));
  for (const auto& [name, table] : tables) {
    if (table.rows.empty()) continue;
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(all, layout::LinkName(name)));
    BENCH_RETURN_IF_ERROR(WriteAttribute(group, "columns", table.columns));
    for (size_t c = 0; c < table.columns.size(); ++c) {
      BENCH_RETURN_IF_ERROR(std::visit(WriteTableColumn{group, table, c}, table.rows.front()[c]));
    }
  }
  return absl::OkStatus();
}

absl::Status WriteValues(const Hdf5Id& parent, const std::string& link,
                         const std::map<std::string, SummaryValue>& values) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(parent, link));
  for (const auto& [path, item] : values) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset,
                           WriteScalar(group, layout::MetricLinkName(item.metric), item.value));
    BENCH_RETURN_IF_ERROR(WriteMetric(dataset, item.metric));
  }
  return absl::OkStatus();
}

absl::Status WriteRanks(const Hdf5Id& file, const RunRecord& record) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(file, "ranks"));
  for (const auto& [rank, values] : record.ranks) {
    BENCH_RETURN_IF_ERROR(WriteValues(group, absl::StrCat(rank), values));
  }
  return absl::OkStatus();
}

absl::Status WriteAttempt(const Hdf5Id& group, const Attempt& attempt,
                          const std::optional<int64_t>& from_step) {
  AttributeFields fields(group);
  fields("from_step", from_step);
  fields("run_id", attempt.run_id);
  fields("strict", attempt.strict);
  VisitAttempt(attempt, fields);
  BENCH_RETURN_IF_ERROR(fields.status());
  for (const auto& [name, value] : attempt.provenance) {
    BENCH_RETURN_IF_ERROR(WriteGroupAttribute(group, name, value));
  }
  return absl::OkStatus();
}

absl::Status WriteAttempts(const Hdf5Id& file, const RunRecord& record) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id attempts, CreateGroup(file, "attempts"));
  for (const auto& [number, attempt] : record.attempt_facts) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, CreateGroup(attempts, absl::StrCat(number)));
    std::optional<int64_t> from_step;
    if (number > 1) from_step = record.resumed_from.at(static_cast<size_t>(number - 2));
    BENCH_RETURN_IF_ERROR(WriteAttempt(group, attempt, from_step));
  }
  return absl::OkStatus();
}

absl::Status WriteRecord(const Hdf5Id& file, const RunRecord& record) {
  const std::map<std::string, std::string> definition = {{"toml", record.header.definition_toml},
                                                         {"json", record.header.definition_json}};
  BENCH_RETURN_IF_ERROR(WriteRoot(file, record));
  BENCH_RETURN_IF_ERROR(WriteAttributeGroup(file, "definition", definition));
  BENCH_RETURN_IF_ERROR(WriteAttributeGroup(file, "inputs", record.header.inputs));
  BENCH_RETURN_IF_ERROR(WriteAttributeGroup(file, "provenance", record.header.provenance));
  BENCH_RETURN_IF_ERROR(WriteAttributeGroup(file, "notes", record.notes));
  BENCH_RETURN_IF_ERROR(WriteAttempts(file, record));
  BENCH_RETURN_IF_ERROR(WriteSeriesGroup(file, "steps", record.steps));
  BENCH_RETURN_IF_ERROR(WriteSeriesGroup(file, "evals", record.evals));
  BENCH_RETURN_IF_ERROR(WriteRanges(file, record.ranges));
  BENCH_RETURN_IF_ERROR(WriteSamples(file, record.samples));
  BENCH_RETURN_IF_ERROR(WriteDigests(file, record.digests));
  BENCH_RETURN_IF_ERROR(WriteTables(file, record.tables));
  BENCH_RETURN_IF_ERROR(WriteRanks(file, record));
  return WriteValues(file, "summary", record.summary);
}

}  // namespace

absl::Status WriteResults(const RunRecord& record, const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(MemoryFile file, MemoryFile::Create());
  BENCH_RETURN_IF_ERROR(Annotate(WriteRecord(file.root(), record), path));
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, std::move(file).Close());
  return PublishWithDigest(path, bytes);
}

}  // namespace bench::results
