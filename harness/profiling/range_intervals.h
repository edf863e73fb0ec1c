// Which range was open when: the ranges of the thread that drives a run, looked up by time.
//
// Times are nanoseconds of any one clock. A range covers [begin, end); of those that cover a time
// the innermost counts, the one that began last.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench::harness {

struct RangeInterval {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
  std::string name;
};

class RangeIntervals {
 public:
  // They nest, as ranges of one thread do, and may come in any order.
  explicit RangeIntervals(std::vector<RangeInterval> intervals);

  // The name of the innermost range at this time; "" where none is open.
  const std::string& At(int64_t ns) const;

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  std::vector<RangeInterval> intervals_;             // by begin, outer ones first
  std::vector<std::pair<int64_t, size_t>> changes_;  // from when on which one is innermost
};

}  // namespace bench::harness
