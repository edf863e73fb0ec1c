#include "harness/context/torch_runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <new>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "harness/measurement/gpu.h"

namespace bench::harness {
namespace {

// Registers LibTorch's CUDA backend. Programs are not linked with it: mapping its gigabytes costs a
// CPU run seconds.
bool LoadCuda() {
  // Without a fixed workspace cuBLAS is not deterministic, and strict mode refuses its products.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  return ::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr &&
         at::globalContext().hasCUDA();
}

// LibTorch's deterministic mode fills fresh memory with NaN, a pass over every temporary, against
// operations that read what was not written. None here does, which a run shows that is asked to
// fill it: it leaves the same bits (docs/troubleshooting.md).
bool FillsMemory() { return std::getenv("BENCH_FILL_MEMORY") != nullptr; }

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

absl::StatusOr<DeviceKind> ChooseDevice(DeviceChoice choice) {
  switch (choice) {
    case DeviceChoice::kCpu:
      return DeviceKind::kCpu;
    case DeviceChoice::kCuda:
      if (!LoadCuda()) {
        return EnvironmentError("--device cuda: no usable NVIDIA GPU here; use --device cpu");
      }
      return DeviceKind::kCuda;
    case DeviceChoice::kAuto:
      if (ReadGpus().devices.empty() || !LoadCuda()) return DeviceKind::kCpu;
      return DeviceKind::kCuda;
  }
  return DeviceKind::kCpu;
}

absl::Status UseGpu(int64_t index) {
  const c10::impl::VirtualGuardImpl guard(at::kCUDA);
  const at::DeviceIndex count = guard.deviceCount();
  if (index >= count) {
    return EnvironmentError(absl::StrCat("this machine has ", int{count}, " GPU(s), and rank ",
                                         index, " of it needs one of its own: start fewer ranks"));
  }
  guard.setDevice(at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)));
  return absl::OkStatus();
}

int64_t ThreadsPerRank(const RunSpec& run, int64_t num_local_ranks) {
  return std::max<int64_t>(1, run.threads / num_local_ranks);
}

std::optional<std::string> TooManyThreads(const RunSpec& run, int64_t num_local_ranks,
                                          std::optional<double> effective_cores) {
  const int64_t threads = ThreadsPerRank(run, num_local_ranks) * num_local_ranks;
  if (!effective_cores || static_cast<double>(threads) <= std::ceil(*effective_cores)) {
    return std::nullopt;
  }
  return absl::StrFormat(
      "%d threads where affinity and quota allow %.3g processors: they will wait for each other; "
      "see run.threads",
      threads, *effective_cores);
}

void ConfigureTorch(const RunSpec& run, int64_t num_local_ranks) {
  at::set_num_threads(static_cast<int>(ThreadsPerRank(run, num_local_ranks)));
  at::set_num_interop_threads(1);
  const bool strict = run.determinism == Determinism::kStrict;
  at::globalContext().setDeterministicAlgorithms(strict, /*warn_only=*/false);
  at::globalContext().setDeterministicFillUninitializedMemory(FillsMemory());
  at::globalContext().setDeterministicCuDNN(strict);
  at::globalContext().setBenchmarkCuDNN(!strict);
}

absl::Status CatchExceptions(std::string_view where, const std::function<absl::Status()>& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return EnvironmentError(
        absl::StrCat(internal::View(where), ": out of memory; use a smaller micro_batch_size"));
  } catch (const std::exception& error) {
    return EnvironmentError(absl::StrCat(internal::View(where), ": ", FirstLine(error.what())));
  }
}

}  // namespace bench::harness
