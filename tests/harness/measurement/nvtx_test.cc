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
    Range step(table, RangeId::kStep, 7);
    { Range forward(table, RangeId::kForward); }
    for (int i = 0; i < 2; ++i) {  // the second is registered already
      NvtxPushNamed("aten::mm");
      NvtxPop();
    }
  }
  void* recorder = ::dlopen(BENCH_NVTX_RECORDER, RTLD_NOW);
  ASSERT_NE(recorder, nullptr) << ::dlerror();
  auto* events = reinterpret_cast<const char* (*)()>(::dlsym(recorder, "RecordedEvents"));
  ASSERT_NE(events, nullptr);
  EXPECT_STREQ(events(),
               "push bench@step 7\npush bench@forward\npop bench\n"
               "push bench@aten::mm\npop bench\npush bench@aten::mm\npop bench\npop bench\n");
}

}  // namespace
}  // namespace bench::harness
