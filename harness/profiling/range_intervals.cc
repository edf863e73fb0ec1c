#include "harness/profiling/range_intervals.h"

#include <algorithm>

namespace bench::harness {

RangeIntervals::RangeIntervals(std::vector<RangeInterval> intervals)
    : intervals_(std::move(intervals)) {
  std::stable_sort(intervals_.begin(), intervals_.end(),
                   [](const RangeInterval& a, const RangeInterval& b) {
                     return std::pair(a.begin_ns, -a.end_ns) < std::pair(b.begin_ns, -b.end_ns);
                   });
  std::vector<size_t> open;
  const auto close_until = [&](int64_t ns) {
    while (!open.empty() && intervals_[open.back()].end_ns <= ns) {
      const int64_t end_ns = intervals_[open.back()].end_ns;
      open.pop_back();
      changes_.emplace_back(end_ns, open.empty() ? kNone : open.back());
    }
  };
  for (size_t i = 0; i < intervals_.size(); ++i) {
    close_until(intervals_[i].begin_ns);
    open.push_back(i);
    changes_.emplace_back(intervals_[i].begin_ns, i);
  }
  while (!open.empty()) close_until(intervals_[open.back()].end_ns);
}

const std::string& RangeIntervals::At(int64_t ns) const {
  static const std::string none;
  // The last of equal times is what counts from then on.
  const auto after =
      std::upper_bound(changes_.begin(), changes_.end(), ns,
                       [](int64_t time, const auto& change) { return time < change.first; });
  if (after == changes_.begin()) return none;
  const size_t innermost = std::prev(after)->second;
  return innermost == kNone ? none : intervals_[innermost].name;
}

}  // namespace bench::harness
