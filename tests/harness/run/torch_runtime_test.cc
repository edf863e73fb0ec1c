#include "harness/run/torch_runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CatchExceptions, TurnsATorchErrorIntoOneLineWithItsPlace) {
  const auto outcome = CatchExceptions("sft_small, step 3", []() -> absl::StatusOr<StageOutcome> {
    at::zeros({2}).add(at::zeros({3}));
    return StageOutcome{};
  });
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(outcome.status().message(), HasSubstr("sft_small, step 3: The size of tensor a"));
  EXPECT_THAT(outcome.status().message(), Not(HasSubstr("\n")));
}

TEST(CatchExceptions, PassesStatusesThrough) {
  const auto outcome = CatchExceptions(
      "here", []() -> absl::StatusOr<StageOutcome> { return absl::DataLossError("bad"); });
  EXPECT_EQ(outcome.status(), absl::DataLossError("bad"));
}

TEST(ConfigureTorch, StrictModeAllowsDeterministicAlgorithmsOnly) {
  RunSpec run;
  run.threads = 2;
  ConfigureTorch(run);
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_TRUE(at::globalContext().deterministicAlgorithms());
}

TEST(ChooseDevice, CpuIsAlwaysThere) {
  EXPECT_EQ(*ChooseDevice(DeviceChoice::kCpu), DeviceKind::kCpu);
}

}  // namespace
}  // namespace bench::harness
