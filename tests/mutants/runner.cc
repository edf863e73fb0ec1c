#include "tests/mutants/runner.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_folder.h"

#ifdef __SANITIZE_ADDRESS__
// Read by the sanitizer when the process starts: undefined behaviour ends it, as a bad address
// does.
extern "C" const char* __ubsan_default_options();  // NOLINT: the sanitizer's name
extern "C" const char* __ubsan_default_options() { return "halt_on_error=1:print_stacktrace=1"; }
#endif

namespace bench::mutants {
namespace {

constexpr int kHandled = 0;
constexpr int kNotHandled = 1;

// What the child has found so far; it lives in memory that both processes see, so that it outlives
// a child that dies.
struct Shared {
  int64_t current = -1;
  int64_t num_refused = 0;
  int64_t num_read = 0;
  double slowest_s = 0;
  double memory_mib = 0;
  char problem[512] = {};
};

class SharedMemory {
 public:
  SharedMemory()
      : memory_(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    new (memory_) Shared();
  }
  ~SharedMemory() { ::munmap(memory_, sizeof(Shared)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  Shared& operator*() const { return *static_cast<Shared*>(memory_); }

 private:
  void* memory_;
};

double PeakMib() {
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Address space, which the sanitizers reserve by the terabyte: there, the peak is checked instead.
void LimitMemory() {
#ifndef __SANITIZE_ADDRESS__
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const auto limit = static_cast<rlim_t>(pages * ::sysconf(_SC_PAGESIZE) + kMaxMemoryBytes);
  const rlimit limits = {limit, RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limits);
#endif
}

// What is wrong with the way in which `bytes` were handled; empty if nothing is.
std::string Handle(const Format& format, const std::string& bytes, const std::string& folder,
                   Shared& shared) {
  try {
    const absl::Status status = format.read(bytes, folder);
    if (status.ok()) {
      ++shared.num_read;
    } else if (ExitCodeFor(status) == format.refusal) {
      ++shared.num_refused;
    } else {
      return absl::StrCat("exit code ", static_cast<int>(ExitCodeFor(status)), ", expected ",
                          static_cast<int>(format.refusal), ": ", status.message());
    }
    if (status.message().find('\n') != absl::string_view::npos) {
      return absl::StrCat("an error of several lines: ", status.message());
    }
  } catch (const std::exception& error) {
    return absl::StrCat("an exception escaped: ", error.what());
  }
  return "";
}

int ReadMutants(const Format& format, const Draw& draw, Shared& shared) {
  const TempFolder folder;
  const Corpus corpus = format.corpus();
  // Once as it is: a corpus that is refused would prove nothing.
  for (const std::string& file : corpus.files) {
    if (!Handle(format, file, folder.path(), shared).empty() || shared.num_refused > 0) {
      std::snprintf(shared.problem, sizeof(shared.problem), "the valid file itself is refused: %s",
                    std::string(format.read(file, folder.path()).message()).c_str());
      return kNotHandled;
    }
  }
  shared.num_read = 0;
  LimitMemory();
  const double before_mib = PeakMib();
  const int64_t first = draw.only.value_or(0);
  const int64_t end = draw.only ? first + 1 : draw.count;
  for (shared.current = first; shared.current < end; ++shared.current) {
    const std::string mutant = MutantOf(corpus, draw.seed, shared.current);
    ::alarm(kMaxSeconds);
    const auto start = std::chrono::steady_clock::now();
    const std::string problem = Handle(format, mutant, folder.path(), shared);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    shared.slowest_s = std::max(shared.slowest_s, took.count());
    shared.memory_mib = PeakMib() - before_mib;
    std::snprintf(shared.problem, sizeof(shared.problem), "%s", problem.c_str());
    if (!problem.empty()) return kNotHandled;
    if (shared.memory_mib * (1 << 20) > static_cast<double>(kMaxMemoryBytes)) {
      std::snprintf(shared.problem, sizeof(shared.problem), "%.0f MiB", shared.memory_mib);
      return kNotHandled;
    }
  }
  return kHandled;
}

std::string DeathOf(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return absl::StrCat("exit ", WEXITSTATUS(wait_status));
  const int signal = WTERMSIG(wait_status);
  if (signal == SIGALRM) return absl::StrCat("took over ", kMaxSeconds, " s");
  return absl::StrCat("died of signal ", signal, " (", ::strsignal(signal), ")");
}

}  // namespace

std::string MutantOf(const Corpus& corpus, uint64_t seed, int64_t index) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;  // spreads consecutive numbers over 64 bits
  return Mutator(corpus, seed * kOdd + static_cast<uint64_t>(index)).Next();
}

Outcome RunFormat(const Format& format, const Draw& draw) {
  const SharedMemory memory;
  Shared& shared = *memory;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    int code = kNotHandled;
    try {
      code = ReadMutants(format, draw, shared);
    } catch (const std::exception& error) {
      std::snprintf(shared.problem, sizeof(shared.problem), "%s", error.what());
    }
    ::_exit(code);
  }
  int wait_status = 0;
  while (::waitpid(child, &wait_status, 0) == -1 && errno == EINTR) {
  }
  Outcome outcome{shared.num_refused, shared.num_read, shared.slowest_s, shared.memory_mib, {}};
  if (wait_status == 0) return outcome;
  const bool told = WIFEXITED(wait_status) && shared.problem[0] != '\0';
  outcome.bad = absl::StrCat("mutant ", shared.current, ": ",
                             told ? std::string(shared.problem) : DeathOf(wait_status));
  return outcome;
}

}  // namespace bench::mutants
