// What becomes of the records of a file, whatever its format: visited, or refused as the options
// say, and counted.
//
// A record that breaks a rule is a DataError that begins with where it stands, or with
// OnInvalid::kSkip is left out and counted by reason. Between records a stop signal is obeyed:
// StoppedError.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "harness/data/field_rules.h"
#include "harness/data/skipped_records.h"
#include "harness/definition/data_format.h"
#include "harness/definition/on_invalid.h"

namespace bench::harness {

// Takes the problem of a record; an error ends the reading.
using RefusalVisitor =
    std::function<absl::Status(const RecordProblem& problem, const std::string& where)>;

struct RecordOptions {
  OnInvalid on_invalid = OnInvalid::kError;
  double max_skipped_share = 1;  // more than this fraction of a file's records: DataError
  int64_t max_record_bytes = int64_t{1} << 20;
  DataFormat format = DataFormat::kAuto;
  RefusalVisitor on_refused = nullptr;  // decides instead of on_invalid, and nothing is counted
};

struct RecordReport {
  int64_t num_read = 0;
  SkippedRecords skipped;
};

struct StringRecord {
  std::vector<std::string> fields;  // in the order of the rules; "" where an optional one is absent
  const std::string& where;         // what a message about it begins with
};

// What a visitor says of a record: an error ends the reading, a problem is the record's own.
class Visited {
 public:
  Visited(absl::Status status) : status_(std::move(status)) {}      // NOLINT: says which
  Visited(RecordProblem problem) : problem_(std::move(problem)) {}  // NOLINT: says which
  const absl::Status& status() const { return status_; }
  const std::optional<RecordProblem>& problem() const { return problem_; }

 private:
  absl::Status status_;
  std::optional<RecordProblem> problem_;
};
using RecordVisitor = std::function<Visited(StringRecord)>;

class RecordSink {
 public:
  // `visit` must outlive the sink.
  RecordSink(const RecordOptions& options, const RecordVisitor& visit)
      : options_(options), visit_(visit) {}

  // `where` begins the messages about the record.
  absl::Status Take(RecordOutcome outcome, const std::string& where);
  absl::Status Refuse(const RecordProblem& problem, const std::string& where);

  const RecordOptions& options() const { return options_; }
  RecordReport& report() { return report_; }
  // Refused records that `on_refused` was given.
  int64_t num_handed_on() const { return num_handed_on_; }

  // The problem of a record that is too long.
  RecordProblem OverLimit() const;

 private:
  const RecordOptions& options_;
  const RecordVisitor& visit_;
  RecordReport report_;
  int64_t num_handed_on_ = 0;
};

}  // namespace bench::harness
