// Notes when ranges begin and end, for what was sampled meanwhile.
//
// Times are nanoseconds of the steady clock, which is CLOCK_MONOTONIC here. Notes those that end
// while it listens; of a range that is still open nothing is known.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "harness/measurement/ranges.h"
#include "harness/profiling/range_intervals.h"

namespace bench::harness {

class RangeTrace : public RangeListener {
 public:
  void Begin(RangeId id, std::optional<int64_t> number) override;
  void End() override;

  // What has ended since the last call.
  std::vector<RangeInterval> Take() { return std::exchange(ended_, {}); }

 private:
  std::vector<std::pair<RangeId, int64_t>> open_;
  std::vector<RangeInterval> ended_;
};

}  // namespace bench::harness
