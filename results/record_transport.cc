#include "results/record_transport.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "results/journal_codec.h"
#include "results/record_journal.h"

namespace bench::results {
namespace {

absl::Status Damaged() { return DataError("damaged: the reading process sent half a record"); }

class Writer {
 public:
  void Number(uint64_t number) { Raw(&number, sizeof number); }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_.append(text);
  }
  template <typename T>
  void Column(const std::vector<T>& values) {
    Number(values.size());
    Raw(values.data(), values.size() * sizeof(T));
  }
  std::string Take() { return std::move(bytes_); }

 private:
  void Raw(const void* data, size_t size) {
    if (size > 0) bytes_.append(static_cast<const char*>(data), size);
  }
  std::string bytes_;
};

// After a read beyond the end everything reads as empty, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Number() {
    uint64_t number = 0;
    const std::string_view raw = Raw(sizeof number, 1);
    if (ok_) std::memcpy(&number, raw.data(), sizeof number);
    return number;
  }
  std::string_view Text() { return Raw(Number(), 1); }
  template <typename T>
  std::vector<T> Column() {
    const uint64_t size = Number();
    const std::string_view raw = Raw(size, sizeof(T));
    std::vector<T> values(raw.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view Raw(uint64_t count, size_t size) {
    if (!ok_ || count > rest_.size() / size) {
      ok_ = false;
      return {};
    }
    const std::string_view raw = rest_.substr(0, count * size);
    rest_.remove_prefix(raw.size());
    return raw;
  }
  std::string_view rest_;
  bool ok_ = true;
};

void WriteMetric(const MetricInfo& metric, Writer& out) {
  out.Text(EncodeEvent({1, MetricEvent{1, metric}}));
}

absl::StatusOr<MetricInfo> ReadMetric(Reader& in) {
  const std::string_view text = in.Text();
  if (!in.ok()) return Damaged();
  BENCH_ASSIGN_OR_RETURN(const Event event, DecodeEvent(text));
  const auto* metric = std::get_if<MetricEvent>(&event.body);
  if (metric == nullptr) return Damaged();
  return metric->metric;
}

// Each series says which of its three axes are those of the series before.
template <typename T>
void WriteAxis(const SharedColumn<T>& axis, const SharedColumn<T>* before, Writer& out) {
  const bool same = before != nullptr && axis == *before;
  out.Number(same ? 1 : 0);
  if (!same) out.Column(axis.values());
}

template <typename T>
absl::StatusOr<SharedColumn<T>> ReadAxis(const SharedColumn<T>* before, Reader& in) {
  if (in.Number() == 0) return SharedColumn<T>(in.Column<T>());
  if (before == nullptr) return Damaged();
  return *before;
}

void WriteSeries(const std::map<std::string, Series>& all, Writer& out) {
  out.Number(all.size());
  const Series* before = nullptr;
  for (const auto& [path, series] : all) {
    WriteMetric(series.metric, out);
    WriteAxis(series.step, before == nullptr ? nullptr : &before->step, out);
    WriteAxis(series.tokens, before == nullptr ? nullptr : &before->tokens, out);
    WriteAxis(series.wall_time_s, before == nullptr ? nullptr : &before->wall_time_s, out);
    out.Column(series.value);
    before = &series;
  }
}

absl::StatusOr<std::map<std::string, Series>> ReadSeries(Reader& in) {
  std::map<std::string, Series> all;
  const Series* before = nullptr;
  const uint64_t count = in.Number();
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    Series series;
    BENCH_ASSIGN_OR_RETURN(series.metric, ReadMetric(in));
    BENCH_ASSIGN_OR_RETURN(series.step, ReadAxis(before == nullptr ? nullptr : &before->step, in));
    BENCH_ASSIGN_OR_RETURN(series.tokens,
                           ReadAxis(before == nullptr ? nullptr : &before->tokens, in));
    BENCH_ASSIGN_OR_RETURN(series.wall_time_s,
                           ReadAxis(before == nullptr ? nullptr : &before->wall_time_s, in));
    series.value = in.Column<double>();
    const size_t rows = series.value.size();
    if (series.step.size() != rows || series.tokens.size() != rows ||
        series.wall_time_s.size() != rows) {
      return Damaged();
    }
    const std::string path = series.metric.Path();
    before = &(all[path] = std::move(series));
  }
  if (!in.ok()) return Damaged();
  return all;
}

void WriteRanges(const std::map<std::string, RangeSeries>& ranges, Writer& out) {
  out.Number(ranges.size());
  for (const auto& [name, range] : ranges) {
    out.Text(name);
    out.Column(range.step);
    out.Column(range.count);
    out.Column(range.host_s);
    std::vector<uint8_t> measured;
    std::vector<double> device_s;
    for (const std::optional<double>& time : range.device_s) {
      measured.push_back(time ? 1 : 0);
      device_s.push_back(time.value_or(0));
    }
    out.Column(measured);
    out.Column(device_s);
  }
}

absl::StatusOr<std::map<std::string, RangeSeries>> ReadRanges(Reader& in) {
  std::map<std::string, RangeSeries> ranges;
  const uint64_t count = in.Number();
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    RangeSeries& range = ranges[std::string(in.Text())];
    range.step = in.Column<int64_t>();
    range.count = in.Column<int64_t>();
    range.host_s = in.Column<double>();
    const auto measured = in.Column<uint8_t>();
    const auto device_s = in.Column<double>();
    const size_t rows = range.step.size();
    if (range.count.size() != rows || range.host_s.size() != rows || measured.size() != rows ||
        device_s.size() != rows) {
      return Damaged();
    }
    for (size_t row = 0; row < rows; ++row) {
      range.device_s.push_back(measured[row] != 0 ? std::optional(device_s[row]) : std::nullopt);
    }
  }
  if (!in.ok()) return Damaged();
  return ranges;
}

void WriteSamples(const std::map<std::string, SampleSeries>& all, Writer& out) {
  out.Number(all.size());
  for (const auto& [path, samples] : all) {
    WriteMetric(samples.metric, out);
    out.Column(samples.value);
  }
}

absl::StatusOr<std::map<std::string, SampleSeries>> ReadSamples(Reader& in) {
  std::map<std::string, SampleSeries> all;
  const uint64_t count = in.Number();
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    SampleSeries samples;
    BENCH_ASSIGN_OR_RETURN(samples.metric, ReadMetric(in));
    samples.value = in.Column<double>();
    const std::string path = samples.metric.Path();
    all[path] = std::move(samples);
  }
  if (!in.ok()) return Damaged();
  return all;
}

}  // namespace

absl::StatusOr<std::string> EncodeRecord(RunRecord record) {
  Writer columns;
  WriteSeries(std::exchange(record.steps, {}), columns);
  WriteSeries(std::exchange(record.evals, {}), columns);
  WriteRanges(std::exchange(record.ranges, {}), columns);
  WriteSamples(std::exchange(record.samples, {}), columns);
  BENCH_ASSIGN_OR_RETURN(const std::string frames, JournalFromRecord(record));
  columns.Text(frames);
  return columns.Take();
}

absl::StatusOr<RunRecord> DecodeRecord(std::string_view bytes) {
  Reader in(bytes);
  BENCH_ASSIGN_OR_RETURN(auto steps, ReadSeries(in));
  BENCH_ASSIGN_OR_RETURN(auto evals, ReadSeries(in));
  BENCH_ASSIGN_OR_RETURN(auto ranges, ReadRanges(in));
  BENCH_ASSIGN_OR_RETURN(auto samples, ReadSamples(in));
  const std::string_view frames = in.Text();
  if (!in.ok() || !in.AtEnd()) return Damaged();
  BENCH_ASSIGN_OR_RETURN(RunRecord record, RecordFromJournal(frames));
  record.steps = std::move(steps);
  record.evals = std::move(evals);
  record.ranges = std::move(ranges);
  record.samples = std::move(samples);
  if (record.status == RunStatus::kComplete && FirstNonFinite(record)) {
    record.status = RunStatus::kDiverged;
  }
  return record;
}

}  // namespace bench::results
