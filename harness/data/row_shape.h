// What the rows of a file look like before they are read: the format, and the fields of the first.
//
// Formats: JSON lines, a JSON array of objects, or a JSON object one of whose members is such an
// array ({"version": 1, "data": [...]}); CSV and TSV with a header; Parquet. The name's ending
// tells .csv, .tsv and .tab; the first bytes tell Parquet; all else is JSON. An object that has a
// field of a record (`instruction`, `messages`, `prompt`, ...) is a record, whatever lists it has
// beside it.
//
// A compressed file is none of these: its error says how to unpack it (compression.h).
//
// Only the first row is read, or of an object all of it, in memory bounded by one record. Of JSON
// lines that begin with a broken object, the first line that can be read says the fields.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "harness/data/json_record.h"
#include "harness/definition/data_format.h"

namespace bench::harness {

enum class FieldKind { kNull, kText, kList, kOther };
using FieldKinds = std::map<std::string, FieldKind, std::less<>>;

struct RowShape {
  DataFormat format = DataFormat::kJson;  // never kAuto
  JsonRecords json;                       // of kJson
  FieldKinds fields;                      // of the first row; none where it cannot be read
};

// EnvironmentError for a file that cannot be read; UsageError for a folder; DataError for a
// compressed file, where several lists of an object may be the records, and for a table without a
// header. JSON that is broken is no error here: whoever reads the rows says where.
absl::StatusOr<RowShape> FindRowShape(const std::string& path, DataFormat declared,
                                      int64_t max_record_bytes);

// Whether a row with these fields is a record of any layout, or a document: one of its fields has a
// name that they have.
bool IsRecord(const FieldKinds& fields);

// In words, for messages: "JSON lines", "a JSON array in \"data\"".
std::string FormatText(const RowShape& shape);

}  // namespace bench::harness
