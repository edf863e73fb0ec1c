#include <hdf5_hl.h>

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_fields.h"
#include "results/hdf5_file.h"
#include "results/hdf5_input.h"
#include "results/hdf5_layout.h"
#include "results/hdf5_record_parts.h"
#include "results/record_fields.h"
#include "results/table_shape.h"
#include "results/text.h"

namespace bench::results {
namespace {

// The attributes of the group and its long texts, which are datasets.
absl::StatusOr<std::map<std::string, Attribute>> ReadAttributes(const Hdf5Id& file,
                                                                const std::string& link) {
  std::map<std::string, Attribute> out;
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id group, OpenGroup(file, link));
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, AttributeNames(group));
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(out[ValidUtf8(name)], ReadAttribute(group, name));
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> links, LinkNames(group));
  for (const std::string& long_text : links) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset, OpenDataset(group, long_text));
    BENCH_ASSIGN_OR_RETURN(out[layout::FromLinkName(long_text)], ReadScalarText(dataset));
  }
  return out;
}

absl::StatusOr<std::map<std::string, std::string>> ReadTextAttributes(const Hdf5Id& file,
                                                                      const std::string& link) {
  using Attributes = std::map<std::string, Attribute>;
  BENCH_ASSIGN_OR_RETURN(const Attributes attributes, ReadAttributes(file, link));
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : attributes) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return DataError(absl::StrCat("/", link, " has a value that is not text"));
    out[name] = *text;
  }
  return out;
}

absl::Status CheckSteps(const std::vector<int64_t>& steps, size_t rows, const std::string& name) {
  if (steps.size() != rows) {
    return DataError(
        absl::StrCat(EscapeForTerminal(name), ": ", rows, " values for ", steps.size(), " steps"));
  }
  for (size_t i = 1; i < steps.size(); ++i) {
    if (steps[i] <= steps[i - 1]) {
      return DataError(absl::StrCat(EscapeForTerminal(name), ": steps do not increase at row ", i));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ReadIntegerScale(const Hdf5Id& dataset,
                                                      const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id scale, OpenScale(dataset, name));
  return ReadIntegers(scale);
}

// The dimension scales of a group, each read once and shared by the series that it belongs to.
class Scales {
 public:
  absl::StatusOr<SharedColumn<int64_t>> Integers(const Hdf5Id& dataset, const layout::Axis& axis) {
    return Read(dataset, axis, ReadIntegers, &integers_);
  }
  absl::StatusOr<SharedColumn<double>> Numbers(const Hdf5Id& dataset, const layout::Axis& axis) {
    return Read(dataset, axis, ReadNumbers, &numbers_);
  }

 private:
  template <typename T, typename ReadAll>
  static absl::StatusOr<SharedColumn<T>> Read(const Hdf5Id& dataset, const layout::Axis& axis,
                                              ReadAll read_all,
                                              std::map<std::string, SharedColumn<T>>* known) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id scale, OpenScale(dataset, axis.scale));
    std::string name(kMaxName, '\0');
    const ssize_t size = H5Iget_name(scale.get(), name.data(), name.size());
    const bool named = size > 0 && static_cast<size_t>(size) < name.size();
    name.resize(named ? static_cast<size_t>(size) : 0);
    if (const auto found = known->find(name); named && found != known->end()) return found->second;
    BENCH_ASSIGN_OR_RETURN(SharedColumn<T> column, read_all(scale));
    if (named) (*known)[name] = column;
    return column;
  }

  static constexpr size_t kMaxName = 256;
  std::map<std::string, SharedColumn<int64_t>> integers_;
  std::map<std::string, SharedColumn<double>> numbers_;
};

absl::StatusOr<Series> ReadSeries(const Hdf5Id& dataset, Scales* scales) {
  Series series;
  BENCH_ASSIGN_OR_RETURN(series.metric, ReadMetric(dataset));
  BENCH_ASSIGN_OR_RETURN(series.value, ReadNumbers(dataset));
  BENCH_ASSIGN_OR_RETURN(series.step, scales->Integers(dataset, layout::kStep));
  BENCH_ASSIGN_OR_RETURN(series.tokens, scales->Integers(dataset, layout::kTokens));
  BENCH_ASSIGN_OR_RETURN(series.wall_time_s, scales->Numbers(dataset, layout::kWallTime));
  const size_t rows = series.value.size();
  BENCH_RETURN_IF_ERROR(CheckSteps(series.step, rows, series.metric.Path()));
  if (series.tokens.size() != rows || series.wall_time_s.size() != rows) {
    return DataError(absl::StrCat(EscapeForTerminal(series.metric.Path()),
                                  ": its dimension scales differ in length"));
  }
  return series;
}

absl::Status ReadSeriesGroup(const Hdf5Id& file, const std::string& name,
                             std::map<std::string, Series>* out) {
  Scales scales;
  return ForEachDataset(file, name, [&](const std::string&, const Hdf5Id& dataset) -> absl::Status {
    BENCH_ASSIGN_OR_RETURN(Series series, ReadSeries(dataset, &scales));
    const std::string path = series.metric.Path();
    (*out)[path] = std::move(series);
    return absl::OkStatus();
  });
}

absl::Status ReadDeviceTimes(const Hdf5Id& group, RangeSeries* range) {
  range->device_s.assign(range->step.size(), std::nullopt);
  if (H5Lexists(group.get(), layout::kDeviceTime.scale, H5P_DEFAULT) <= 0) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset, OpenDataset(group, layout::kDeviceTime.scale));
  BENCH_ASSIGN_OR_RETURN(const std::vector<double> times, ReadNumbers(dataset));
  BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> steps,
                         ReadIntegerScale(dataset, layout::kStep.scale));
  BENCH_RETURN_IF_ERROR(CheckSteps(steps, times.size(), layout::kDeviceTime.scale));
  size_t row = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    while (row < range->step.size() && range->step[row] < steps[i]) ++row;
    if (row == range->step.size() || range->step[row] != steps[i]) {
      return DataError("device_s has a step that the range has not");
    }
    range->device_s[row] = times[i];
  }
  return absl::OkStatus();
}

absl::Status ReadRange(const Hdf5Id& group, RangeSeries* range) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id count, OpenDataset(group, layout::kCount.scale));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id host, OpenDataset(group, layout::kHostTime.scale));
  BENCH_ASSIGN_OR_RETURN(range->step, ReadIntegerScale(host, layout::kStep.scale));
  BENCH_ASSIGN_OR_RETURN(range->count, ReadIntegers(count));
  BENCH_ASSIGN_OR_RETURN(range->host_s, ReadNumbers(host));
  BENCH_RETURN_IF_ERROR(CheckSteps(range->step, range->host_s.size(), layout::kHostTime.scale));
  BENCH_RETURN_IF_ERROR(CheckSteps(range->step, range->count.size(), layout::kCount.scale));
  return ReadDeviceTimes(group, range);
}

absl::Status ReadSamples(const Hdf5Id& dataset, RunRecord* record) {
  SampleSeries samples;
  BENCH_ASSIGN_OR_RETURN(samples.metric, ReadMetric(dataset));
  BENCH_ASSIGN_OR_RETURN(samples.value, ReadNumbers(dataset));
  record->samples[samples.metric.Path()] = std::move(samples);
  return absl::OkStatus();
}

absl::Status ReadDigests(const std::string& link, const Hdf5Id& dataset, RunRecord* record) {
  constexpr size_t kHexDigits = 64;
  DigestSeries digests;
  BENCH_ASSIGN_OR_RETURN(digests.sha256, ReadFixedTexts(dataset, kHexDigits));
  BENCH_ASSIGN_OR_RETURN(digests.step, ReadIntegerScale(dataset, layout::kStep.scale));
  BENCH_RETURN_IF_ERROR(CheckSteps(digests.step, digests.sha256.size(), link));
  record->digests[layout::FromLinkName(link)] = std::move(digests);
  return absl::OkStatus();
}

template <typename T>
absl::Status AppendCells(const absl::StatusOr<std::vector<T>>& column, size_t index, Table* table) {
  BENCH_RETURN_IF_ERROR(column.status());
  if (index == 0) table->rows.resize(column->size());
  if (column->size() != table->rows.size()) return DataError("its columns differ in length");
  for (size_t i = 0; i < column->size(); ++i) table->rows[i].emplace_back((*column)[i]);
  return absl::OkStatus();
}

absl::Status ReadTableColumn(const Hdf5Id& dataset, size_t index, Table* table) {
  BENCH_ASSIGN_OR_RETURN(const ColumnType type, TypeOf(dataset));
  switch (type) {
    case ColumnType::kIntegers:
      return AppendCells(ReadIntegers(dataset), index, table);
    case ColumnType::kNumbers:
      return AppendCells(ReadNumbers(dataset), index, table);
    case ColumnType::kText:
      return AppendCells(ReadTexts(dataset), index, table);
    case ColumnType::kFixedText:
      break;
  }
  return DataError("a column is text of fixed length");
}

absl::Status ReadTable(const Hdf5Id& group, Table* table) {
  BENCH_ASSIGN_OR_RETURN(table->columns, ReadTextsAttribute(group, "columns"));
  for (size_t c = 0; c < table->columns.size(); ++c) {
    BENCH_ASSIGN_OR_RETURN(const Hdf5Id dataset,
                           OpenDataset(group, layout::LinkName(table->columns[c])));
    BENCH_RETURN_IF_ERROR(ReadTableColumn(dataset, c, table));
  }
  if (table->rows.empty()) return DataError("has no rows");
  const bool has_step = table->columns.front() == kStepColumn;
  if (has_step && !std::holds_alternative<int64_t>(table->rows.front().front())) {
    return DataError("its steps are not integers");
  }
  return absl::OkStatus();
}

absl::Status ReadRank(const std::string& name, const Hdf5Id& group, RunRecord* record) {
  int64_t rank = 0;
  const bool is_rank = absl::SimpleAtoi(name, &rank) && absl::StrCat(rank) == name && rank >= 0 &&
                       rank < record->header.world_size;
  if (!is_rank) {
    return DataError(
        absl::StrCat("is no rank of a run of ", record->header.world_size, " processes"));
  }
  return ForEachDataset(group,
                        [&values = record->ranks[rank]](const std::string&, const Hdf5Id& dataset) {
                          return ReadValue(dataset, &values);
                        });
}

// Files written before there were figures of ranks lack the group.
absl::Status ReadRanks(const Hdf5Id& file, RunRecord* record) {
  if (H5Lexists(file.get(), "ranks", H5P_DEFAULT) == 0) return absl::OkStatus();
  return ForEachGroup(file, "ranks", [record](const std::string& name, const Hdf5Id& group) {
    return ReadRank(name, group, record);
  });
}

absl::Status ReadAttributeGroups(const Hdf5Id& file, RunRecord* record) {
  using Texts = std::map<std::string, std::string>;
  BENCH_ASSIGN_OR_RETURN(const Texts definition, ReadTextAttributes(file, "definition"));
  for (const auto& [name, out] : {std::pair("toml", &record->header.definition_toml),
                                  std::pair("json", &record->header.definition_json)}) {
    const auto found = definition.find(name);
    if (found == definition.end()) return DataError(absl::StrCat("/definition lacks ", name));
    *out = found->second;
  }
  BENCH_ASSIGN_OR_RETURN(record->header.inputs, ReadTextAttributes(file, "inputs"));
  BENCH_ASSIGN_OR_RETURN(record->header.provenance, ReadAttributes(file, "provenance"));
  BENCH_ASSIGN_OR_RETURN(record->notes, ReadAttributes(file, "notes"));
  return absl::OkStatus();
}

absl::Status ReadRecord(const Hdf5Id& file, RunRecord* record) {
  BENCH_RETURN_IF_ERROR(ReadRoot(file, record));
  BENCH_RETURN_IF_ERROR(ReadAttributeGroups(file, record));
  BENCH_RETURN_IF_ERROR(ReadAttempts(file, record));
  BENCH_RETURN_IF_ERROR(ReadSeriesGroup(file, "steps", &record->steps));
  BENCH_RETURN_IF_ERROR(ReadSeriesGroup(file, "evals", &record->evals));
  BENCH_RETURN_IF_ERROR(
      ForEachGroup(file, "ranges", [record](const std::string& name, const Hdf5Id& group) {
        return ReadRange(group, &record->ranges[name]);
      }));
  BENCH_RETURN_IF_ERROR(
      ForEachGroup(file, "tables", [record](const std::string& name, const Hdf5Id& group) {
        return ReadTable(group, &record->tables[name]);
      }));
  BENCH_RETURN_IF_ERROR(
      ForEachDataset(file, "samples", [record](const std::string&, const Hdf5Id& dataset) {
        return ReadSamples(dataset, record);
      }));
  BENCH_RETURN_IF_ERROR(
      ForEachDataset(file, "digests", [record](const std::string& link, const Hdf5Id& dataset) {
        return ReadDigests(link, dataset, record);
      }));
  BENCH_RETURN_IF_ERROR(ReadRanks(file, record));
  return ReadSummaryGroup(file, record);
}

}  // namespace

absl::StatusOr<RunRecord> ReadResults(const std::string& path) {
  return ReadFileWith(path, ReadRecord);
}

}  // namespace bench::results
