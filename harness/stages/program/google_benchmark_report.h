// The JSON that a program of Google Benchmark writes (--benchmark_out=FILE
// --benchmark_out_format=json), read when the program has ended.
//
// The metrics have the keys real_time, cpu_time (in seconds, whatever time_unit is), iterations and
// the names of user counters; their label is the benchmark's run_name. Each repetition is a sample.
// A file that has only aggregates gives its medians as summary. A benchmark that reports an error
// makes the run a failed one. Source: the user guide of github.com/google/benchmark.
#pragma once

#include "harness/stages/program/report_reader.h"

namespace bench::harness {

class GoogleBenchmarkReport : public ReportReader {
 public:
  absl::Status AtEnd(const std::string& path, MetricSink& sink) override;
};

}  // namespace bench::harness
