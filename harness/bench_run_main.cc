// bench-run: see --help, or README.md.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/quick_exit.h"
#include "base/reported.h"
#include "base/standard_output.h"
#include "base/standard_streams.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/control/abandonable.h"
#include "harness/control/signals.h"
#include "harness/control/spin_limit.h"
#include "harness/measurement/built_source.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/run/commands.h"
#include "results/text.h"

namespace {

// One line an error; a check of many definitions may have several.
int Report(const absl::Status& status) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    const std::string safe = bench::results::EscapeForTerminal({line.data(), line.size()});
    std::fprintf(stderr, "bench-run: error: %s\n", safe.c_str());
  }
  return static_cast<int>(bench::ExitCodeFor(status));
}

// Abandoned work may still be running (control/abandonable.h), so nothing that it uses may be
// destroyed.
[[noreturn]] void End(int exit_code) {
  // A pipe that nobody reads is noticed here at the latest.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  const auto signal = bench::harness::StopSignal();
  if (!written && signal) exit_code = 128 + *signal;
  if (!signal && !bench::harness::WorkWasAbandoned()) bench::QuickExit(exit_code);
  std::fflush(nullptr);
  std::_Exit(exit_code);
}

// Called before anything is initialised (spin_limit.h).
using Initialiser = void (*)(int, char**, char**);
[[gnu::section(".preinit_array"), gnu::used]] const Initialiser kLimitSpinning =
    [](int, char** argv, char** envp) { bench::harness::LimitSpinning(argv, envp); };

}  // namespace

int main(int argc, char** argv) {
  // First of all: what is opened under a closed descriptor of them would receive what is printed.
  if (const absl::Status streams = bench::OpenStandardStreams(); !streams.ok()) {
    return Report(streams);
  }
  bench::harness::ConfigureAllocator();
  bench::harness::InstallTensorMemoryCounter();
  bench::harness::InstallSignalHandlers();
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is an error like a full disk
  const std::vector<std::string> all(argv, argv + argc);
  const auto options = bench::harness::ParseOptions({all.begin() + 1, all.end()});
  if (!options.ok()) return Report(options.status());
  int exit_code = 0;
  const absl::Status status = bench::harness::CatchExceptions("internal error", [&] {
    const auto result =
        bench::harness::RunCommand(*options, {all, bench::harness::EmbeddedSource()});
    if (result.ok()) exit_code = *result;
    return result.status();
  });
  if (status.ok()) {
    const absl::Status printed = bench::FlushStandardOutput();
    End(printed.ok() || bench::harness::StopSignal() ? exit_code : Report(printed));
  }
  const int error_code =
      bench::IsReported(status) ? static_cast<int>(bench::ExitCodeFor(status)) : Report(status);
  // Whatever failed after a stop signal failed because of it.
  const auto signal = bench::harness::StopSignal();
  End(signal ? 128 + *signal : error_code);
}
