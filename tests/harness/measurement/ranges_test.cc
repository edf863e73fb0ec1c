#include "harness/measurement/ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

// Busy for at least this long by the clock that ranges use.
constexpr std::chrono::milliseconds kBusy{2};
constexpr double kBusySeconds = 0.002;

void BeBusy() {
  const auto until = std::chrono::steady_clock::now() + kBusy;
  while (std::chrono::steady_clock::now() < until) {
  }
}

TEST(Ranges, NamesAreThoseOfTheResultsFile) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kNumRanges; ++i) names.push_back(RangeName(static_cast<RangeId>(i)));
  EXPECT_THAT(names, ElementsAre("step", "data", "forward", "backward", "optimizer", "evaluate",
                                 "generate", "checkpoint", "send_gradients", "sum_gradients",
                                 "reduce_gradients", "gather_parameters"));
}

TEST(Ranges, EachEndAddsOneCountAndItsTime) {
  RangeTable table;
  for (int i = 0; i < 3; ++i) {
    Range range(table, RangeId::kForward);
    BeBusy();
  }
  const auto before = std::chrono::steady_clock::now();
  {
    Range range(table, RangeId::kBackward);
    BeBusy();
  }
  const std::chrono::duration<double> around = std::chrono::steady_clock::now() - before;
  const std::vector<RangeTotal> totals = table.TakeStep();
  ASSERT_EQ(totals.size(), 2u);
  EXPECT_EQ(totals[0].name, "forward");
  EXPECT_EQ(totals[0].count, 3);
  EXPECT_GE(totals[0].host_s, 3 * kBusySeconds);
  EXPECT_EQ(totals[1].name, "backward");
  EXPECT_EQ(totals[1].count, 1);
  EXPECT_GE(totals[1].host_s, kBusySeconds);
  EXPECT_LE(totals[1].host_s, around.count());
}

TEST(Ranges, OuterTimeIncludesInnerTime) {
  RangeTable table;
  {
    Range step(table, RangeId::kStep);
    Range data(table, RangeId::kData);
    BeBusy();
  }
  const std::vector<RangeTotal> totals = table.TakeStep();
  ASSERT_EQ(totals.size(), 2u);
  EXPECT_EQ(totals[0].id, RangeId::kStep);
  EXPECT_GE(totals[0].host_s, totals[1].host_s);
  EXPECT_GE(totals[1].host_s, kBusySeconds);
}

TEST(Ranges, TakeStepStartsAnew) {
  RangeTable table;
  { Range range(table, RangeId::kOptimizer); }
  EXPECT_THAT(table.TakeStep(), ElementsAre(Field(&RangeTotal::count, 1)));
  EXPECT_THAT(table.TakeStep(), IsEmpty());
}

TEST(Ranges, AnOpenRangeCountsInTheStepInWhichItEnds) {
  RangeTable table;
  {
    Range range(table, RangeId::kEvaluate);
    BeBusy();
    EXPECT_THAT(table.TakeStep(), IsEmpty());
  }
  const std::vector<RangeTotal> totals = table.TakeStep();
  ASSERT_EQ(totals.size(), 1u);
  EXPECT_GE(totals[0].host_s, kBusySeconds);
}

// What a profiler within the process hears.
class Heard : public RangeListener {
 public:
  void Begin(RangeId id, std::optional<int64_t> number) override {
    heard.push_back(std::string(RangeName(id)) + (number ? " " + std::to_string(*number) : ""));
  }
  void End() override { heard.emplace_back("end"); }
  std::vector<std::string> heard;
};

TEST(Ranges, AListenerHearsNestedRangesWithTheirNumbersWhole) {
  RangeTable table;
  Heard listener;
  {
    Range open(table, RangeId::kEvaluate);
    table.set_listener(&listener);
  }
  {
    Range step(table, RangeId::kStep, 3);
    Range forward(table, RangeId::kForward);
  }
  {
    Range open(table, RangeId::kBackward);
    table.set_listener(nullptr);
  }
  EXPECT_THAT(listener.heard, ElementsAre("step 3", "forward", "end", "end", "backward"));
}

TEST(Ranges, OffRecordsNothing) {
  RangeTable table(RangeRecording::kOff);
  { Range range(table, RangeId::kStep); }
  EXPECT_THAT(table.TakeStep(), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
