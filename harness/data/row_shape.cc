#include "harness/data/row_shape.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/byte_stream.h"
#include "harness/data/compression.h"
#include "harness/data/delimited_rows.h"
#include "harness/data/json_rows.h"
#include "harness/data/parquet_rows.h"

namespace bench::harness {
namespace {

constexpr std::string_view kParquetMagic = "PAR1";

absl::StatusOr<bool> BeginsAsParquet(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(ByteStream stream,
                         ByteStream::Open(path, static_cast<int64_t>(kParquetMagic.size())));
  for (const char wanted : kParquetMagic) {
    if (stream.PeekAny() != wanted) return false;
    stream.Skip();
  }
  return true;
}

absl::StatusOr<DataFormat> FormatOfFile(const std::string& path, DataFormat declared) {
  if (declared != DataFormat::kAuto) return declared;
  constexpr std::array<std::pair<const char*, DataFormat>, 4> kEndings = {
      {{".csv", DataFormat::kCsv},
       {".tsv", DataFormat::kTsv},
       {".tab", DataFormat::kTsv},
       {".parquet", DataFormat::kParquet}}};
  for (const auto& [ending, format] : kEndings) {
    if (absl::EndsWithIgnoreCase(path, ending)) return format;
  }
  BENCH_ASSIGN_OR_RETURN(const bool is_parquet, BeginsAsParquet(path));
  return is_parquet ? DataFormat::kParquet : DataFormat::kJson;
}

absl::StatusOr<FieldKinds> FieldsOfTable(const std::string& path, DataFormat format,
                                         int64_t max_record_bytes) {
  switch (format) {
    case DataFormat::kCsv:
      return FindColumns(path, Separator::kComma, max_record_bytes);
    case DataFormat::kTsv:
      return FindColumns(path, Separator::kTab, max_record_bytes);
    default:
      return FindParquetColumns(path);
  }
}

}  // namespace

absl::StatusOr<RowShape> FindRowShape(const std::string& path, DataFormat declared,
                                      int64_t max_record_bytes) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return UsageError(
        absl::StrCat(path, ": a folder, but rows are read from one file: join its files to one"));
  }
  BENCH_RETURN_IF_ERROR(CheckNotCompressed(path));
  BENCH_ASSIGN_OR_RETURN(const DataFormat format, FormatOfFile(path, declared));
  if (format == DataFormat::kJson) return FindJsonShape(path, max_record_bytes);
  RowShape shape{format, {}, {}};
  BENCH_ASSIGN_OR_RETURN(shape.fields, FieldsOfTable(path, format, max_record_bytes));
  return shape;
}

bool IsRecord(const FieldKinds& fields) {
  constexpr std::array<std::string_view, 10> kFields = {
      "instruction", "input",      "output", "messages", "conversations",
      "prompt",      "completion", "chosen", "rejected", "text"};
  return std::any_of(kFields.begin(), kFields.end(),
                     [&](std::string_view name) { return fields.contains(name); });
}

std::string FormatText(const RowShape& shape) {
  switch (shape.format) {
    case DataFormat::kCsv:
      return "CSV";
    case DataFormat::kTsv:
      return "TSV";
    case DataFormat::kParquet:
      return "Parquet";
    default:
      break;
  }
  switch (shape.json.layout) {
    case JsonLayout::kArray:
      return "a JSON array";
    case JsonLayout::kWrappedArray:
      return absl::StrCat("a JSON array in ", QuotedForMessage(shape.json.member));
    default:
      return "JSON lines";
  }
}

}  // namespace bench::harness
