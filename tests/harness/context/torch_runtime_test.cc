#include "harness/context/torch_runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <cstdlib>
#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CatchExceptions, TurnsATorchErrorIntoOneLineWithItsPlace) {
  const absl::Status status = CatchExceptions("sft_small, step 3", [] {
    at::zeros({2}).add(at::zeros({3}));
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("sft_small, step 3: The size of tensor a"));
  EXPECT_THAT(status.message(), Not(HasSubstr("\n")));
}

TEST(CatchExceptions, PassesStatusesThrough) {
  EXPECT_EQ(CatchExceptions("here", [] { return absl::DataLossError("bad"); }),
            absl::DataLossError("bad"));
}

bool FreshMemoryIsNan() { return at::empty({64}).isnan().all().item<bool>(); }

TEST(ConfigureTorch, StrictModeAllowsDeterministicAlgorithmsOnly) {
  RunSpec run;
  run.threads = 2;
  ConfigureTorch(run);
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_TRUE(at::globalContext().deterministicAlgorithms());
  EXPECT_FALSE(at::globalContext().deterministicFillUninitializedMemory());
}

// In a process of its own: threads are configured once in one.
TEST(ConfigureTorchDeathTest, FreshMemoryIsFilledWhereThatIsAskedFor) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto configure = [] {
    ::setenv("BENCH_FILL_MEMORY", "1", /*overwrite=*/1);
    ConfigureTorch(RunSpec());
    std::_Exit(FreshMemoryIsNan() ? 0 : 1);
  };
  EXPECT_EXIT(configure(), testing::ExitedWithCode(0), "");
}

TEST(TooManyThreads, ComparesThoseOfAllRanksWithTheProcessorsRoundedUp) {
  RunSpec run;
  run.threads = 4;
  EXPECT_FALSE(TooManyThreads(run, 1, std::nullopt).has_value());
  EXPECT_FALSE(TooManyThreads(run, 1, 4.0).has_value());
  EXPECT_FALSE(TooManyThreads(run, 1, 3.5).has_value());
  EXPECT_THAT(TooManyThreads(run, 1, 3.0).value_or(""), HasSubstr("4 threads"));
  EXPECT_THAT(TooManyThreads(run, 2, 0.5).value_or(""), HasSubstr("allow 0.5 processors"));
  EXPECT_FALSE(TooManyThreads(run, 4, 4.0).has_value());
  EXPECT_THAT(TooManyThreads(run, 8, 4.0).value_or(""), HasSubstr("8 threads"));  // one each
}

TEST(ChooseDevice, CpuIsAlwaysThere) {
  EXPECT_EQ(*ChooseDevice(DeviceChoice::kCpu), DeviceKind::kCpu);
}

}  // namespace
}  // namespace bench::harness
