#include "harness/profiling/operator_ranges.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/profiling/recorded_nvtx.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

void MultiplyInLayer() {
  at::RecordFunction layer(at::RecordScope::USER_SCOPE);
  if (layer.isActive()) layer.before("layer.3");
  at::mm(at::ones({2, 3}), at::ones({3, 4}));
}

TEST(OperatorRanges, LayersAndOperatorsAreNestedRangesWhileItLives) {
  const std::string events = NvtxEventsOf([] {
    MultiplyInLayer();
    const OperatorRanges ranges;
    MultiplyInLayer();
  });
  EXPECT_THAT(events, StartsWith("push bench@layer.3\n"));
  EXPECT_THAT(events, HasSubstr("push bench@aten::mm\n"));
  EXPECT_THAT(events, Not(HasSubstr("unregistered")));
  const auto times = [&](const std::string& text) {
    size_t count = 0;
    for (size_t at = events.find(text); at != std::string::npos; at = events.find(text, at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(times("push bench@layer.3\n"), 1u);  // that of before it lived is not there
  EXPECT_EQ(times("push "), times("pop "));
}

TEST(OperatorRanges, TheBackwardPassHasNodesAndOperators) {
  const at::Tensor weight = at::ones({3, 4}).set_requires_grad(true);
  const at::Tensor loss = at::mm(at::ones({2, 3}), weight).sum();
  const std::string events = NvtxEventsOf([&] {
    const OperatorRanges ranges;
    loss.backward();
  });
  EXPECT_THAT(events, HasSubstr("MmBackward0\n"));
  EXPECT_THAT(events, HasSubstr("push bench@aten::mm\n"));
}

}  // namespace
}  // namespace bench::harness
