#include "harness/profiling/operator_times.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

OperatorCall Call(uint64_t thread, int64_t begin_s, int64_t end_s, const std::string& name) {
  return {thread, begin_s * kSecond, end_s * kSecond, name};
}

const RangeIntervals kRanges({{0, 40 * kSecond, "forward"},
                              {40 * kSecond, 99 * kSecond, "backward"}});

TEST(OperatorTimes, SelfTimeIsWithoutTheOperatorsDirectlyWithin) {
  // linear [0, 10) calls t [1, 2) and addmm [3, 9), which calls copy_ [4, 6).
  const CallTable table = OperatorTimes({Call(1, 4, 6, "copy_"), Call(1, 3, 9, "addmm"),
                                         Call(1, 1, 2, "t"), Call(1, 0, 10, "linear")},
                                        kRanges);
  ASSERT_EQ(table.size(), 4u);
  EXPECT_DOUBLE_EQ(table.at({"forward", "linear"}).total_s, 10);
  EXPECT_DOUBLE_EQ(table.at({"forward", "linear"}).self_s, 3);
  EXPECT_DOUBLE_EQ(table.at({"forward", "addmm"}).total_s, 6);
  EXPECT_DOUBLE_EQ(table.at({"forward", "addmm"}).self_s, 4);
  EXPECT_DOUBLE_EQ(table.at({"forward", "copy_"}).self_s, 2);
  EXPECT_DOUBLE_EQ(table.at({"forward", "t"}).self_s, 1);
}

TEST(OperatorTimes, CallsOfOneNameAddUpByTheRangeInWhichTheyBegan) {
  const CallTable table =
      OperatorTimes({Call(1, 0, 1, "mm"), Call(1, 5, 7, "mm"), Call(2, 39, 44, "mm"),
                     Call(2, 50, 51, "mm"), Call(1, 100, 101, "mm")},
                    kRanges);
  EXPECT_EQ(table.at({"forward", "mm"}).count, 3);
  EXPECT_DOUBLE_EQ(table.at({"forward", "mm"}).total_s, 8);
  EXPECT_EQ(table.at({"backward", "mm"}).count, 1);
  EXPECT_EQ(table.at({"", "mm"}).count, 1);
}

TEST(OperatorTimes, ThreadsDoNotLieWithinEachOther) {
  const CallTable table = OperatorTimes({Call(1, 0, 10, "outer"), Call(2, 2, 4, "other")}, kRanges);
  EXPECT_DOUBLE_EQ(table.at({"forward", "outer"}).self_s, 10);
  EXPECT_DOUBLE_EQ(table.at({"forward", "other"}).self_s, 2);
}

}  // namespace
}  // namespace bench::harness
