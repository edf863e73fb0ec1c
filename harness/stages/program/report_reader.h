// Reads what a program reports in one format and hands it to the sink. A reader is made for each
// [[program.reports]] of the definition; the table of formats is in report_reader.cc.
//
// Where the text is from (`ReportSource`) decides which function is called: lines of the output or
// of a file that grows while the program runs, or a file or folder that is complete when it has
// ended. Errors: DataError with the place, "path:line: what" or "output line 12: what".
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/program_spec.h"
#include "harness/stages/program/line_splitter.h"
#include "harness/stages/program/metric_sink.h"

namespace bench::harness {

enum class ReportSource {
  kOutput,  // Line with each line of standard output and error
  kLines,   // Line with each line of the file, as it grows
  kAtEnd,   // AtEnd once the program has ended
};

class ReportReader {
 public:
  virtual ~ReportReader() = default;
  virtual absl::Status Line(const StreamLine&, MetricSink&) { return absl::OkStatus(); }
  virtual absl::Status AtEnd(const std::string&, MetricSink&) { return absl::OkStatus(); }
};

// The file that grows of a format without a path: $BENCH_METRICS.
ReportSource SourceOf(const ReportSpec& spec);

// UsageError for a pattern that is none. `spec` outlives the reader.
absl::StatusOr<std::unique_ptr<ReportReader>> MakeReportReader(const ReportSpec& spec);

}  // namespace bench::harness
