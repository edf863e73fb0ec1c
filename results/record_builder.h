// Folds journalled events, in their order, into a RunRecord (FORMAT.md, "Replay").
//
// A value recorded twice for one step is the later one; times of a range add up. When an attempt
// begins after step R, all rows so far with a step above R are dropped. Rows without a step
// (samples, tables without steps) of an earlier attempt are dropped when the new attempt records
// its first one for that name. Summary values, those of single ranks and notes are overwritten by
// name; an attempt with another number of ranks drops the values of ranks. Errors: DataError for
// events that contradict each other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/journal_codec.h"
#include "results/record.h"
#include "results/table_shape.h"

namespace bench::results {

class RecordBuilder {
 public:
  absl::Status Apply(const Event& event);
  // The record of what was applied. A complete run with a non-finite learning metric is diverged.
  absl::StatusOr<RunRecord> Build() const;

 private:
  struct SeriesRows {
    MetricInfo metric;
    std::map<int64_t, std::pair<RowPosition, double>> rows;  // by step
  };
  struct RangeRow {
    int64_t count = 0;
    double host_s = 0;
    std::optional<double> device_s;
  };
  struct SampleRows {
    int64_t attempt = 0;
    SampleSeries series;
  };
  struct TableRows {
    int64_t attempt = 0;  // of the last row
    TableShape shape;
    Table table;
  };
  using SeriesGroup = std::map<std::string, SeriesRows>;

  absl::Status On(const BeginEvent& event);
  absl::Status On(const MetricEvent& event);
  absl::Status On(const RowEvent& event);
  absl::Status On(const DigestEvent& event);
  absl::Status On(const TableEvent& event);
  absl::Status On(const SampleEvent& event);
  absl::Status On(const RangeEvent& event);
  absl::Status On(const SummaryEvent& event);
  absl::Status On(const RankEvent& event);
  absl::Status On(const NoteEvent& event);
  absl::Status On(const EndEvent& event);

  void DropRowsAfter(int64_t step);
  absl::StatusOr<const MetricInfo*> Metric(int64_t id) const;
  static std::map<std::string, Series> BuildSeries(const SeriesGroup& group);
  std::map<std::string, RangeSeries> BuildRanges() const;
  std::map<std::string, DigestSeries> BuildDigests() const;

  RunRecord record_;                       // all that needs no folding
  int64_t attempt_ = 0;                    // the one that is open or was last
  std::map<int64_t, MetricInfo> metrics_;  // of this attempt
  SeriesGroup steps_;
  SeriesGroup evals_;
  std::map<std::string, std::map<int64_t, RangeRow>> ranges_;
  std::map<std::string, SampleRows> samples_;
  std::map<std::string, std::map<int64_t, std::string>> digests_;
  std::map<std::string, TableRows> tables_;
};

}  // namespace bench::results
