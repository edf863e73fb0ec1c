// The rows of JSON files: lines, an array, or an array within an object (row_shape.h).
//
// Messages begin with "file:line: " for lines, else with "file: record N: " (from 1). Errors beyond
// those of records (record_sink.h): DataError for a byte order mark (of UTF-16 too), and for broken
// syntax inside an array, behind which the next record cannot be found.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/record_sink.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

// `shape.json` and `shape.fields` of a file whose format is JSON.
absl::StatusOr<RowShape> FindJsonShape(const std::string& path, int64_t max_record_bytes);

absl::Status ReadJsonRows(const std::string& path, const JsonRecords& records,
                          std::span<const FieldRule> rules, RecordSink& sink);

}  // namespace bench::harness
