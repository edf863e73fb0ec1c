#include "harness/measurement/nvtx.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace bench::harness {
namespace {

// In a program of its own: NVTX looks for a tool once, at its first call.
TEST(Nvtx, ToolsSeeRegisteredNestedRangesInDomainBenchUnlessOff) {
  ASSERT_EQ(::setenv("NVTX_INJECTION64_PATH", BENCH_NVTX_RECORDER, 1), 0);
  RangeTable off(RangeRecording::kOff);
  { Range range(off, RangeId::kGenerate); }
  RangeTable table;
  {
    Range step(table, RangeId::kStep);
    { Range forward(table, RangeId::kForward); }
  }
  void* recorder = ::dlopen(BENCH_NVTX_RECORDER, RTLD_NOW);
  ASSERT_NE(recorder, nullptr) << ::dlerror();
  auto* events = reinterpret_cast<const char* (*)()>(::dlsym(recorder, "RecordedEvents"));
  ASSERT_NE(events, nullptr);
  EXPECT_STREQ(events(), "push bench@step\npush bench@forward\npop bench\npop bench\n");
}

}  // namespace
}  // namespace bench::harness
