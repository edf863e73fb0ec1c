#include "harness/profiling/make_profiler.h"

#include <utility>

#include "base/status.h"
#include "harness/profiling/capture_range.h"
#include "harness/profiling/kineto.h"
#include "harness/profiling/ncu.h"
#include "harness/profiling/nsys.h"
#include "harness/profiling/perf.h"
#include "harness/profiling/tool_program.h"

namespace bench::harness {

absl::StatusOr<std::unique_ptr<Profiler>> MakeProfiler(ProfileTool tool,
                                                       const ProfilePlace& place) {
  switch (tool) {
    case ProfileTool::kKineto:
      return std::make_unique<KinetoProfiler>(place.ranges, place.folder, place.device);
    case ProfileTool::kPerf: {
      BENCH_ASSIGN_OR_RETURN(std::string program, FindToolProgram(tool));
      return std::make_unique<PerfProfiler>(std::move(program), place.ranges, place.folder);
    }
    case ProfileTool::kNsys:
    case ProfileTool::kNcu:
      return std::make_unique<CaptureRange>();
  }
  return UsageError("no such profiler");
}

std::string ProfileFile(ProfileTool tool) {
  switch (tool) {
    case ProfileTool::kKineto:
      return kKinetoTraceName;
    case ProfileTool::kPerf:
      return kPerfDataName;
    case ProfileTool::kNsys:
      return kNsysReportName;
    case ProfileTool::kNcu:
      return kNcuReportName;
  }
  return "";
}

}  // namespace bench::harness
