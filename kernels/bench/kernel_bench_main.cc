// kernel-bench: every kernel against LibTorch's operations, with the fraction of this machine's
// roofline (registry.h, kernel_case.h, machine_rates.h).
//
// Flags are Google Benchmark's, and --device=cpu|cuda. The number of threads is that of LibTorch
// (OMP_NUM_THREADS). The machine's rates are measured before anything is timed and are the report's
// context. Exit codes: 2 for a wrong flag and a filter that matches nothing, 5 where there is no
// GPU that --device=cuda could use, or LibTorch fails.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <malloc.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kernels/bench/registry.h"

namespace bench::kernels {
namespace {

constexpr std::string_view kDeviceFlag = "--device=";
constexpr std::string_view kListFlag = "--benchmark_list_tests";

void PrintHelp() {
  std::puts(
      "kernel-bench [--device=cpu|cuda] [flags of Google Benchmark]\n"
      "\n"
      "Times every kernel against LibTorch's operations, named\n"
      "Kernel/direction/dtype/shape/implementation, with bytes and operations a second and the\n"
      "fraction of this machine's roofline, which is measured first (docs/kernels.md).\n"
      "OMP_NUM_THREADS sets the threads.\n"
      "\n"
      "  kernel-bench --benchmark_filter='^RmsNorm/' \n"
      "  kernel-bench --benchmark_out=kernels.json --benchmark_out_format=json\n");
  benchmark::PrintDefaultHelp();
}

int Fail(ExitCode code, const std::string& message) {
  std::fputs(absl::StrCat("kernel-bench: error: ", message, "\n").c_str(), stderr);
  return static_cast<int>(code);
}

// Takes the flag out of the arguments; "cpu" without it.
std::string TakeDevice(int* argc, char** argv) {
  std::string device = "cpu";
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(kDeviceFlag)) {
      device = argument.substr(kDeviceFlag.size());
    } else {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  return device;
}

// Before Google Benchmark takes its flags away.
bool OnlyLists(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(kListFlag) && !argument.ends_with("=false")) return true;
  }
  return false;
}

// LibTorch's CUDA part is not linked; it is loaded where it is asked for.
bool LoadCuda() {
  return ::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr &&
         at::globalContext().hasCUDA();
}

// As harness/measurement/memory.cc, which kernels may not include, sets it for every run: large
// results come from memory that is there, instead of fresh pages each time.
void KeepMemory() {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, -1);
  ::mallopt(M_TOP_PAD, 64 << 20);
  ::mallopt(M_ARENA_MAX, 1);
}

void Measure(RunSetting& setting) {
  std::fputs("kernel-bench: measuring what this machine can do\n", stderr);
  setting.rates = MeasureMachine(setting.device);
  benchmark::AddCustomContext("device", setting.device.str());
  benchmark::AddCustomContext("threads", absl::StrCat(at::get_num_threads()));
  benchmark::AddCustomContext("libtorch", BENCH_TORCH_VERSION);
  for (const auto& [name, value] : setting.rates.Context()) {
    benchmark::AddCustomContext(name, value);
  }
}

// Google Benchmark's own reporter, as the flags name it. What the machine can do is measured when
// it is known that something matches the filter, and before it is timed: a list or a filter that
// matches nothing waits for no measurement.
class MeasuringReporter final : public benchmark::BenchmarkReporter {
 public:
  explicit MeasuringReporter(RunSetting& setting) : setting_(setting) {}

  bool ReportContext(const Context& context) override {
    Measure(setting_);
    return reporter_.ReportContext(context);
  }
  void ReportRuns(const std::vector<Run>& report) override { reporter_.ReportRuns(report); }
  void Finalize() override { reporter_.Finalize(); }

 private:
  RunSetting& setting_;
  benchmark::BenchmarkReporter& reporter_ = *benchmark::CreateDefaultDisplayReporter();
};

int Main(int argc, char** argv) {
  KeepMemory();
  const std::string device = TakeDevice(&argc, argv);
  const bool only_lists = OnlyLists(argc, argv);
  benchmark::Initialize(&argc, argv, PrintHelp);
  if (argc > 1) {
    return Fail(ExitCode::kUsage, absl::StrCat("unknown argument ", argv[1], "; see --help"));
  }
  if (device != "cpu" && device != "cuda") {
    return Fail(ExitCode::kUsage, absl::StrCat("--device=", device, ": cpu or cuda"));
  }
  if (device == "cuda" && !LoadCuda()) {
    return Fail(ExitCode::kEnvironment, "--device=cuda: no usable NVIDIA GPU here");
  }
  const auto setting = std::make_shared<RunSetting>();
  setting->device = device == "cuda" ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  RegisterCases(AllKernelCases(setting->device), setting);
  benchmark::SetDefaultTimeUnit(benchmark::kMicrosecond);
  MeasuringReporter reporter(*setting);
  const size_t num_matches = benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  if (num_matches > 0 || only_lists) return 0;
  return static_cast<int>(ExitCode::kUsage);  // Google Benchmark has said what the filter was
}

// Such as memory that is not there.
int MainOrFail(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    const std::string_view text = error.what();  // of LibTorch with a backtrace behind it
    return Fail(ExitCode::kEnvironment, std::string(text.substr(0, text.find('\n'))));
  }
}

}  // namespace
}  // namespace bench::kernels

int main(int argc, char** argv) { return bench::kernels::MainOrFail(argc, argv); }
