// The rows of CSV and TSV files with a header (RFC 4180).
//
// A cell is quoted or not; a quote in a quoted cell is doubled, and what is quoted may hold the
// separator and line breaks. Rows end with LF or CRLF; blank lines are passed over; a byte order
// mark in front, as spreadsheets write it, is allowed. Column names are the fields' names; an empty
// cell is an empty text. Messages begin with "file:line: ", the line that the row begins at.
// Errors beyond those of records (record_sink.h): DataError for no header, a column named twice,
// and a required column that is missing. Problems of a row: another number of cells than the
// header, text behind a quoted cell, a quote that does not end, NUL, invalid UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/record_sink.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

enum class Separator : char { kComma = ',', kTab = '\t' };

// The columns, each of kind kText.
absl::StatusOr<FieldKinds> FindColumns(const std::string& path, Separator separator,
                                       int64_t max_record_bytes);

absl::Status ReadDelimitedRows(const std::string& path, Separator separator,
                               std::span<const FieldRule> rules, RecordSink& sink);

}  // namespace bench::harness
