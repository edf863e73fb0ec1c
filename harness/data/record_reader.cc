#include "harness/data/record_reader.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/delimited_rows.h"
#include "harness/data/json_rows.h"
#include "harness/data/parquet_rows.h"

namespace bench::harness {
namespace {

absl::Status ReadRows(const std::string& path, const RowShape& shape,
                      std::span<const FieldRule> rules, RecordSink& sink) {
  switch (shape.format) {
    case DataFormat::kCsv:
      return ReadDelimitedRows(path, Separator::kComma, rules, sink);
    case DataFormat::kTsv:
      return ReadDelimitedRows(path, Separator::kTab, rules, sink);
    case DataFormat::kParquet:
      return ReadParquetRows(path, rules, sink);
    default:
      return ReadJsonRows(path, shape.json, rules, sink);
  }
}

// Why a file of this shape has no record.
std::string_view WhyNone(const RowShape& shape) {
  if (shape.format == DataFormat::kParquet) return "the table has no rows";
  if (shape.format != DataFormat::kJson) return "a header without rows";
  return shape.json.layout == JsonLayout::kOneRecord ? "the file is empty" : "the list is empty";
}

}  // namespace

absl::StatusOr<RecordReport> VisitRecords(const std::string& path, const RowShape& shape,
                                          std::span<const FieldRule> rules,
                                          const RecordOptions& options,
                                          const RecordVisitor& visit) {
  RecordSink sink(options, visit);
  BENCH_RETURN_IF_ERROR(ReadRows(path, shape, rules, sink));
  RecordReport& report = sink.report();
  if (report.num_read + report.skipped.count() + sink.num_handed_on() == 0) {
    return DataError(absl::StrCat(path, ": no record in it: ", internal::View(WhyNone(shape))));
  }
  BENCH_RETURN_IF_ERROR(
      CheckSkippedShare(path, report.skipped, report.num_read, options.max_skipped_share));
  return std::move(report);
}

absl::StatusOr<RecordReport> VisitRecords(const std::string& path, std::span<const FieldRule> rules,
                                          const RecordOptions& options,
                                          const RecordVisitor& visit) {
  BENCH_ASSIGN_OR_RETURN(const RowShape shape,
                         FindRowShape(path, options.format, options.max_record_bytes));
  return VisitRecords(path, shape, rules, options, visit);
}

}  // namespace bench::harness
