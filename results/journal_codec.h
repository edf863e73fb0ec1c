// What a journal frame says: typed events and their CBOR encoding (FORMAT.md, "Journal").
//
// Decoding checks every type; errors are DataError and name the field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

// Opens an attempt.
struct BeginEvent {
  RunHeader header;
  std::optional<int64_t> from_step;  // of a resumption: rows with a larger step are replaced
  int64_t torn_bytes = 0;            // cut off the journal before this attempt
};
// Gives a metric the number by which the rows of its attempt refer to it.
struct MetricEvent {
  int64_t id = 0;
  MetricInfo metric;
};
enum class RowGroup { kSteps, kEvals };
struct RowEvent {
  RowGroup group = RowGroup::kSteps;
  RowPosition position;
  std::vector<std::pair<int64_t, double>> values;  // (metric id, value)
};
struct DigestEvent {
  int64_t step = 0;
  std::string name;
  std::string sha256;
};
struct TableEvent {
  std::string table;
  std::optional<int64_t> step;
  std::vector<std::pair<std::string, Cell>> row;
};
struct SampleEvent {
  int64_t metric_id = 0;
  double value = 0;
};
struct RangeEvent {
  int64_t step = 0;
  std::string name;
  int64_t count = 0;
  double host_s = 0;
  std::optional<double> device_s;
};
struct SummaryEvent {
  int64_t metric_id = 0;
  double value = 0;
};
// A summary value of one process.
struct RankEvent {
  int64_t rank = 0;
  int64_t metric_id = 0;
  double value = 0;
};
struct NoteEvent {
  std::string name;
  Attribute value;
};
// Closes an attempt.
struct EndEvent {
  RunStatus status = RunStatus::kInterrupted;
};

using EventBody =
    std::variant<BeginEvent, MetricEvent, RowEvent, DigestEvent, TableEvent, SampleEvent,
                 RangeEvent, SummaryEvent, RankEvent, NoteEvent, EndEvent>;
struct Event {
  int64_t attempt = 1;
  EventBody body;
};

std::string EncodeEvent(const Event& event);
absl::StatusOr<Event> DecodeEvent(std::string_view payload);

}  // namespace bench::results
