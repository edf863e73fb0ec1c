// Files of records with string fields, read strictly and in bounded memory.
//
// A file is a JSON array of objects or JSON lines (one object a line; LF or CRLF; blank lines are
// allowed), told apart by its first character. Which fields a record has is the caller's
// (json_record.h); other fields are ignored but must be valid JSON. Memory is bounded by one
// record, whatever the file's size.
//
// Errors are DataErrors that begin with "file:line: " (JSON lines) or "file: record N: " (array,
// from 1): byte order mark, invalid UTF-8, lone surrogate, NUL, nesting deeper than 64, number out
// of range, duplicate key, truncated record, record over the size limit, missing field (with the
// nearest key that is there), wrong type, no record at all. OnInvalid::kSkip drops such records
// instead and counts them by reason, where the next one can be found (not after a syntax error
// inside an array), up to a share of the file's.
// Between records a stop signal is obeyed: StoppedError.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/json_record.h"
#include "harness/data/skipped_records.h"
#include "harness/definition/on_invalid.h"

namespace bench::harness {

struct RecordOptions {
  OnInvalid on_invalid = OnInvalid::kError;
  double max_skipped_share = 1;  // more than this fraction of a file's records: DataError
  int64_t max_record_bytes = int64_t{1} << 20;
};

struct RecordReport {
  int64_t num_read = 0;
  SkippedRecords skipped;
};

// As a definition's [data] says.
template <typename DataSpec>
RecordOptions RecordOptionsOf(const DataSpec& spec) {
  RecordOptions options;
  options.on_invalid = spec.skip_invalid ? OnInvalid::kSkip : OnInvalid::kError;
  options.max_skipped_share = spec.max_skipped_share;
  return options;
}

struct StringRecord {
  std::vector<std::string> fields;  // in the order of the rules; "" where an optional one is absent
  const std::string& where;         // what a message about it begins with
};
using RecordVisitor = std::function<absl::Status(StringRecord)>;

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<RecordReport> VisitRecords(const std::string& path, std::span<const FieldRule> rules,
                                          const RecordOptions& options, const RecordVisitor& visit);

}  // namespace bench::harness
