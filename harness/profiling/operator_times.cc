#include "harness/profiling/operator_times.h"

#include <algorithm>
#include <tuple>

namespace bench::harness {
namespace {

constexpr double kNanosecond = 1e-9;

// The time that each call spent in those directly within it, in the order of `calls`, which is that
// of threads, beginnings and nesting.
std::vector<int64_t> TimesWithin(const std::vector<OperatorCall>& calls) {
  std::vector<int64_t> within_ns(calls.size(), 0);
  std::vector<size_t> open;
  for (size_t i = 0; i < calls.size(); ++i) {
    const OperatorCall& call = calls[i];
    while (!open.empty() && (calls[open.back()].thread != call.thread ||
                             calls[open.back()].end_ns <= call.begin_ns)) {
      open.pop_back();
    }
    if (!open.empty()) {
      within_ns[open.back()] += std::min(call.end_ns, calls[open.back()].end_ns) - call.begin_ns;
    }
    open.push_back(i);
  }
  return within_ns;
}

}  // namespace

CallTable OperatorTimes(std::vector<OperatorCall> calls, const RangeIntervals& ranges) {
  std::stable_sort(calls.begin(), calls.end(), [](const OperatorCall& a, const OperatorCall& b) {
    return std::tuple(a.thread, a.begin_ns, -a.end_ns) <
           std::tuple(b.thread, b.begin_ns, -b.end_ns);
  });
  const std::vector<int64_t> within_ns = TimesWithin(calls);
  CallTable table;
  for (size_t i = 0; i < calls.size(); ++i) {
    const OperatorCall& call = calls[i];
    const int64_t total_ns = call.end_ns - call.begin_ns;
    CallTotals& totals = table[{ranges.At(call.begin_ns), call.name}];
    ++totals.count;
    totals.total_s += kNanosecond * static_cast<double>(total_ns);
    totals.self_s += kNanosecond * static_cast<double>(total_ns - within_ns[i]);
  }
  return table;
}

}  // namespace bench::harness
