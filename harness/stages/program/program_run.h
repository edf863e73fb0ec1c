// One run of a program: started, read, measured, and ended.
//
// Its output goes to `log_path`, what it reports to the sink. It is ended by SIGTERM to its process
// group, and after the grace by SIGKILL to all that descends from it, when a stop signal comes (a
// second one: at once), when it takes longer than its time, or when a report cannot be read. What
// it leaves running when it ends by itself is killed. Errors: EnvironmentError with its last lines
// where it fails, dies or takes too long; DataError of a report; StoppedError.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/control/progress.h"
#include "harness/measurement/gpu_memory.h"
#include "harness/stages/program/metric_sink.h"
#include "harness/stages/program/program_process.h"
#include "harness/stages/program/report_intake.h"

namespace bench::harness {

struct ProgramPlan {
  ProgramCommand command;
  std::string log_path;
  std::string metrics_path;  // $BENCH_METRICS: made anew, empty
  std::vector<ReportPlace> reports;
  std::chrono::seconds timeout{86400};
  std::chrono::seconds grace{10};
  int64_t steps = 0;  // 0: not known
};

// How `peak_resident_bytes` was counted (program_meter.h).
enum class MemoryBasis { kProcesses, kControlGroup };

struct ProgramEnd {
  double seconds = 0;
  ProgramUsage usage;
  int64_t peak_resident_bytes = 0;  // of all its processes together
  MemoryBasis memory_basis = MemoryBasis::kProcesses;
  std::optional<int64_t> charged_peak_bytes;  // MemoryGroup::ChargedPeakBytes
  std::optional<int64_t> peak_device_bytes;
  GpuMemoryBasis device_basis = GpuMemoryBasis::kProcesses;
  int64_t num_left_running = 0;  // processes
};

// `each_look` is called some times a second (the journal is flushed there).
absl::StatusOr<ProgramEnd> RunProgramOnce(const ProgramPlan& plan, MetricSink& sink,
                                          Progress& progress,
                                          const std::function<absl::Status()>& each_look);

}  // namespace bench::harness
