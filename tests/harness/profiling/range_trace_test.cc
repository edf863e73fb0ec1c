#include "harness/profiling/range_trace.h"

#include <gtest/gtest.h>

#include <ctime>

namespace bench::harness {
namespace {

// By the clock that perf is told to use.
int64_t MonotonicNs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

TEST(RangeTrace, NotesNestedRangesByTheMonotonicClockOnlyWhileItListens) {
  RangeTable table;
  RangeTrace trace;
  { const Range before(table, RangeId::kData); }
  const int64_t start_ns = MonotonicNs();
  {
    const Range unheard(table, RangeId::kEvaluate);
    table.set_listener(&trace);
  }
  {
    const Range step(table, RangeId::kStep, 3);
    const Range forward(table, RangeId::kForward, 0);
  }
  table.set_listener(nullptr);
  { const Range after(table, RangeId::kCheckpoint); }
  const std::vector<RangeInterval> ended = trace.Take();
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].name, "forward");
  EXPECT_EQ(ended[1].name, "step");
  EXPECT_LE(start_ns, ended[1].begin_ns);
  EXPECT_LE(ended[1].begin_ns, ended[0].begin_ns);
  EXPECT_LE(ended[0].end_ns, ended[1].end_ns);
  EXPECT_LE(ended[1].end_ns, MonotonicNs());
  EXPECT_TRUE(trace.Take().empty());
}

TEST(RangeTrace, ARangeThatEndsAfterListeningWasStoppedIsNotHeard) {
  RangeTable table;
  RangeTrace trace;
  {
    table.set_listener(&trace);
    const Range range(table, RangeId::kStep);
    table.set_listener(nullptr);
  }
  EXPECT_TRUE(trace.Take().empty());
}

}  // namespace
}  // namespace bench::harness
