// Linux's perf: samples where the processors are, by the clock (event cpu-clock), so that it works
// in virtual machines and containers too.
//
// `perf record` is attached to this process before the first step and told to look and to stop
// through a pipe of its own (--control), so the range is exact. Leaves `<folder>/profile.perf.data`
// with call graphs by frame pointers, for `perf report`, and the table kSymbolsTable, by function
// and range. LibTorch is built without frame pointers: the functions are right, their callers not
// always. EnvironmentError, with what perf said, where the kernel does not allow it. Where `perf
// script` fails, takes 30 minutes or prints more than 1 GiB there is no table, which is said on
// stderr. perf is not waited for longer than a few seconds once a stop signal has come.
#pragma once

#include <memory>
#include <string>

#include "harness/measurement/ranges.h"
#include "harness/profiling/profiler.h"
#include "harness/profiling/range_trace.h"

namespace bench::harness {

inline constexpr char kPerfDataName[] = "profile.perf.data";

class PerfProfiler : public Profiler {
 public:
  // `program`: perf. `ranges` must outlive it, and has no other listener meanwhile.
  PerfProfiler(std::string program, RangeTable& ranges, std::string folder);
  ~PerfProfiler() override;

  absl::Status Start() override;
  absl::StatusOr<ProfileTables> Stop() override;

 private:
  class Recording;

  std::string program_;
  RangeTable& ranges_;
  std::string folder_;
  RangeTrace trace_;
  std::unique_ptr<Recording> recording_;  // while it looks
};

}  // namespace bench::harness
