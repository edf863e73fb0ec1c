// All reports of a program: each reader with what it reads from, from the start of the program to
// after its end.
//
// Files that grow must not be there before the program starts, and files that are read at the end
// must have been written since: what another run left is not this one's. ($BENCH_METRICS is made by
// us.) Errors: DataError with the place, "output line 12: ..." for the program's output.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/stages/program/growing_file.h"
#include "harness/stages/program/metric_sink.h"
#include "harness/stages/program/program_process.h"
#include "harness/stages/program/report_reader.h"

namespace bench::harness {

struct ReportPlace {
  const ReportSpec* spec;
  std::string path;  // absolute; empty: the output
};

class ReportIntake {
 public:
  // `sink` and the specs outlive it. UsageError for a pattern that is none, and for a file that is
  // there already; `own`: the path of $BENCH_METRICS, which is.
  static absl::StatusOr<std::unique_ptr<ReportIntake>> Open(const std::vector<ReportPlace>& places,
                                                            const std::string& own,
                                                            MetricSink& sink);

  absl::Status Output(OutputStream stream, std::string_view bytes);
  absl::Status Follow();
  // The program has ended, which began after `started` by the file system's clock.
  absl::Status End(std::filesystem::file_time_type started);

 private:
  explicit ReportIntake(MetricSink& sink);
  absl::Status OutputLine(const StreamLine& line);

  struct AtEndReader {
    std::unique_ptr<ReportReader> reader;
    std::string path;
  };
  MetricSink& sink_;
  std::array<LineSplitter, 2> output_;  // by OutputStream
  std::vector<std::unique_ptr<ReportReader>> of_output_, of_lines_;
  std::vector<std::unique_ptr<GrowingFile>> files_;
  std::vector<AtEndReader> at_end_;
};

}  // namespace bench::harness
