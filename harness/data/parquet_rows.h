// The rows of Parquet files: a table with columns of text, or of lists of objects (messages).
//
// Arrow reads them, in a module beside the program (parquet_module.h) that is loaded when the first
// Parquet file is met; without it, or without Arrow's library, a Parquet file is an
// EnvironmentError that says what to install. A column of text is a field; one of lists is a field
// of type kMessages, as JSON text. Messages begin with "file: record N: " (from 1). Memory is one
// batch of rows. Errors beyond those of records (record_sink.h): DataError for what is no Parquet
// file, is damaged, or lacks the column of a required field; and for one of another type.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/record_sink.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

absl::StatusOr<FieldKinds> FindParquetColumns(const std::string& path);

absl::Status ReadParquetRows(const std::string& path, std::span<const FieldRule> rules,
                             RecordSink& sink);

}  // namespace bench::harness
