// Files of records, read strictly and in bounded memory, whatever their format (row_shape.h): JSON
// lines, a JSON array or an object around one, CSV, TSV, Parquet.
//
// Which fields a record has is the caller's (field_rules.h); other fields are ignored but must be
// valid. Memory is bounded by one record (Parquet: one batch of a row group), whatever the file's
// size.
//
// Errors are DataErrors that begin with "file:line: " (lines, CSV, TSV) or "file: record N: " (from
// 1): byte order mark, invalid UTF-8, lone surrogate, NUL, nesting deeper than 64, number out
// of range, duplicate key, truncated record, record over the size limit, missing field (with the
// nearest key that is there), wrong type, no record at all. OnInvalid::kSkip drops such records
// instead and counts them by reason, where the next one can be found (not after a syntax error
// inside an array), up to a share of the file's.
// Between records a stop signal is obeyed: StoppedError.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/record_sink.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

// As a definition's [data] says.
template <typename DataSpec>
RecordOptions RecordOptionsOf(const DataSpec& spec) {
  RecordOptions options;
  options.on_invalid = spec.skip_invalid ? OnInvalid::kSkip : OnInvalid::kError;
  options.max_skipped_share = spec.max_skipped_share;
  options.format = spec.format;
  return options;
}

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<RecordReport> VisitRecords(const std::string& path, std::span<const FieldRule> rules,
                                          const RecordOptions& options, const RecordVisitor& visit);
// Of a file whose shape is known.
absl::StatusOr<RecordReport> VisitRecords(const std::string& path, const RowShape& shape,
                                          std::span<const FieldRule> rules,
                                          const RecordOptions& options, const RecordVisitor& visit);

}  // namespace bench::harness
