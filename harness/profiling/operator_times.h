// The time that operators took, and what of it was their own, by range.
//
// An operator that is called within another one counts in the other's total time, not in its self
// time. Recorded calls of one thread nest.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/profiling/range_intervals.h"

namespace bench::harness {

struct OperatorCall {
  uint64_t thread = 0;
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
  std::string name;
};

struct CallTotals {
  int64_t count = 0;
  double total_s = 0;
  double self_s = 0;
};
// By (range, name).
using CallTable = std::map<std::pair<std::string, std::string>, CallTotals>;

// A call belongs to the range that was open when it began, whatever thread it is of: the backward
// pass has threads of its own.
CallTable OperatorTimes(std::vector<OperatorCall> calls, const RangeIntervals& ranges);

}  // namespace bench::harness
