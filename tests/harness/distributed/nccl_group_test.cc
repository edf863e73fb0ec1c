#include "harness/distributed/nccl_group.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "torch/csrc/distributed/c10d/HashStore.hpp"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

// The module is beside bench-run, not beside this test: that it works needs two GPUs.
TEST(NcclGroup, SaysWhatIsMissingAndWhatToDo) {
  const auto group = OpenNcclGroup(c10::make_intrusive<c10d::HashStore>(), 0, 2);
  EXPECT_EQ(ExitCodeFor(group.status()), ExitCode::kEnvironment);
  EXPECT_THAT(group.status().message(), HasSubstr("libbench_nccl.so"));
  EXPECT_THAT(group.status().message(), HasSubstr("--device cpu"));
}

}  // namespace
}  // namespace bench::harness
