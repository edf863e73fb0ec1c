// Samples of a processor's time as `perf script` prints them, added up by function and range.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/profiling/range_intervals.h"
#include "results/record.h"

namespace bench::harness {

// The fields that are asked for: perf script -F tid,time,period,ip,sym,dso --ns -G.
struct PerfSample {
  int64_t time_ns = 0;    // of the clock that was recorded by
  int64_t period_ns = 0;  // of the processor's time that it stands for
  std::string symbol;     // "[unknown]" of code without symbols, such as kernels made at run time
  std::string object;     // file name of the program or library, without its folder
};

// Absent of a line that is no sample.
std::optional<PerfSample> ParsePerfSample(std::string_view line);

// kSymbolsTable: range, symbol, object, samples, self_s (seconds of processor time of all threads),
// the longest first. A sample belongs to the range that was open then, whatever thread it is of.
results::Table SymbolsTable(std::string_view perf_script, const RangeIntervals& ranges);

}  // namespace bench::harness
