#include "harness/profiling/range_trace.h"

#include <chrono>
#include <string>

namespace bench::harness {
namespace {

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void RangeTrace::Begin(RangeId id, std::optional<int64_t> /*number*/) {
  open_.emplace_back(id, NowNs());
}

void RangeTrace::End() {
  const auto [id, begin_ns] = open_.back();
  open_.pop_back();
  ended_.push_back({begin_ns, NowNs(), std::string(RangeName(id))});
}

}  // namespace bench::harness
