#include "harness/profiling/make_profiler.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/profiling/capture_range.h"
#include "harness/profiling/kineto.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(MakeProfiler, EveryToolHasItsPartWithinTheRun) {
  RangeTable ranges;
  const auto made = [&](ProfileTool tool) { return MakeProfiler(tool, {ranges, "/runs/a"}); };
  EXPECT_NE(dynamic_cast<KinetoProfiler*>(made(ProfileTool::kKineto)->get()), nullptr);
  EXPECT_NE(dynamic_cast<CaptureRange*>(made(ProfileTool::kNsys)->get()), nullptr);
  EXPECT_NE(dynamic_cast<CaptureRange*>(made(ProfileTool::kNcu)->get()), nullptr);
}

TEST(MakeProfiler, WithoutItsProgramThereIsNone) {
  const TempFolder empty;
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", empty.path().c_str(), 1);
  RangeTable ranges;
  const auto perf = MakeProfiler(ProfileTool::kPerf, {ranges, "/runs/a"});
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(absl::IsUnavailable(perf.status())) << perf.status();
}

TEST(MakeProfiler, ToolsLeaveFilesOfDifferentNames) {
  EXPECT_EQ(ProfileFile(ProfileTool::kKineto), "profile.trace.json");
  EXPECT_EQ(ProfileFile(ProfileTool::kPerf), "profile.perf.data");
  EXPECT_EQ(ProfileFile(ProfileTool::kNsys), "profile.nsys-rep");
  EXPECT_EQ(ProfileFile(ProfileTool::kNcu), "profile.ncu-rep");
}

}  // namespace
}  // namespace bench::harness
