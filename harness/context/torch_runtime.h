// LibTorch as a run needs it: device, threads, determinism, and its exceptions as statuses.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/definition/run_spec.h"

namespace bench::harness {

enum class DeviceChoice { kAuto, kCpu, kCuda };
constexpr std::array<std::string_view, 3> EnumNames(DeviceChoice) {
  return {"auto", "cpu", "cuda"};
}

// kAuto: CUDA when a GPU works, else the CPU. The CUDA half of LibTorch is loaded here, on demand.
// EnvironmentError when CUDA is asked for and there is none.
absl::StatusOr<DeviceKind> ChooseDevice(DeviceChoice choice);

// Makes GPU `index` the current one. EnvironmentError where there are not as many.
absl::Status UseGpu(int64_t index);

// The definition's threads, shared by the ranks of a machine.
int64_t ThreadsPerRank(const RunSpec& run, int64_t num_local_ranks);

// A line for people where the threads of this machine's ranks are more than the processors that
// they may use (measurement/host.h), a part of one counting as one; absent: not known, or enough.
std::optional<std::string> TooManyThreads(const RunSpec& run, int64_t num_local_ranks,
                                          std::optional<double> effective_cores);

// Intra-op threads, one inter-op thread; in strict mode deterministic algorithms only.
void ConfigureTorch(const RunSpec& run, int64_t num_local_ranks = 1);

// The one place that turns exceptions into statuses: what `body` throws becomes an EnvironmentError
// with `where` before its first line.
absl::Status CatchExceptions(std::string_view where, const std::function<absl::Status()>& body);

}  // namespace bench::harness
