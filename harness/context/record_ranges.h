// Times of ranges into the results of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "base/status.h"
#include "harness/context/run_context.h"

namespace bench::harness {

// Records the ranges since the last call as those of `step`.
inline absl::Status RecordRanges(RunContext& context, int64_t step) {
  for (const RangeTotal& total : context.ranges.TakeStep()) {
    BENCH_RETURN_IF_ERROR(context.writer.Range(step, std::string(total.name), total.count,
                                               total.host_s, std::nullopt));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
