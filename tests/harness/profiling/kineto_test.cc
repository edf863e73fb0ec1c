#include "harness/profiling/kineto.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

struct Row {
  int64_t count = 0;
  double total_s = 0;
  double self_s = 0;
};

std::optional<Row> RowOf(const ProfileTables& tables, const std::string& range,
                         const std::string& name) {
  for (const auto& cells : tables.at("profile_operators").rows) {
    if (std::get<std::string>(cells[0]) != range || std::get<std::string>(cells[1]) != name)
      continue;
    return Row{std::get<int64_t>(cells[2]), std::get<double>(cells[3]), std::get<double>(cells[4])};
  }
  return std::nullopt;
}

// Two products forward, whose backward pass has one each (the input needs no gradient).
void Step(RangeTable& ranges) {
  const Range step(ranges, RangeId::kStep, 2);
  const at::Tensor weight = at::ones({8, 8}).set_requires_grad(true);
  at::Tensor loss;
  {
    const Range forward(ranges, RangeId::kForward, 0);
    const at::Tensor input = at::ones({4, 8});
    loss = (at::mm(input, weight) + at::mm(input, weight)).sum();
  }
  const Range backward(ranges, RangeId::kBackward, 0);
  loss.backward();
}

TEST(Kineto, OperatorsAreCountedInTheRangesOfTheirCalls) {
  const TempFolder temp;
  RangeTable ranges;
  KinetoProfiler profiler(ranges, temp.path(), DeviceKind::kCpu);
  Step(ranges);  // is not looked at
  ASSERT_TRUE(profiler.Start().ok());
  Step(ranges);
  const auto tables = profiler.Stop();
  Step(ranges);
  ASSERT_TRUE(tables.ok()) << tables.status();
  const auto forward = RowOf(*tables, "forward", "aten::mm");
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->count, 2);
  EXPECT_GT(forward->self_s, 0);
  EXPECT_GE(forward->total_s, forward->self_s);
  const auto backward = RowOf(*tables, "backward", "aten::mm");
  ASSERT_TRUE(backward);
  EXPECT_EQ(backward->count, 2);
  EXPECT_EQ(RowOf(*tables, "forward", "aten::add")->count, 1);
  EXPECT_TRUE(tables->at("profile_kernels").rows.empty());
  const std::string trace = *ReadFile(temp / kKinetoTraceName);
  EXPECT_THAT(trace, HasSubstr("\"traceEvents\""));
  EXPECT_THAT(trace, HasSubstr("\"bench:forward\""));
  EXPECT_THAT(trace, HasSubstr("\"aten::mm\""));
}

TEST(Kineto, OneThatIsLeftWhileItLooksDoesNotKeepTheNextFromLooking) {
  const TempFolder temp;
  RangeTable ranges;
  {
    KinetoProfiler left(ranges, temp.path(), DeviceKind::kCpu);
    ASSERT_TRUE(left.Start().ok());
    Step(ranges);
  }
  EXPECT_FALSE(Exists(temp / kKinetoTraceName));
  KinetoProfiler next(ranges, temp.path(), DeviceKind::kCpu);
  ASSERT_TRUE(next.Start().ok());
  Step(ranges);
  const auto tables = next.Stop();
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_EQ(RowOf(*tables, "forward", "aten::mm")->count, 2);
}

}  // namespace
}  // namespace bench::harness
