#include "harness/profiling/perf.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/control/signals.h"
#include "harness/control/terminal.h"
#include "harness/profiling/perf_samples.h"
#include "results/text.h"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

// No multiple of a timer's rate, so that what comes regularly is not always, or never, met.
constexpr char kSamplesPerSecond[] = "999";
constexpr auto kPatience = std::chrono::seconds(60);        // for an answer of perf
constexpr auto kPatienceOfAStop = std::chrono::seconds(3);  // the same once the run is to stop
constexpr std::chrono::duration<int, std::milli> kMoment{20};
constexpr auto kLongestReport = std::chrono::minutes(30);  // reading the symbols of all libraries
constexpr int64_t kMostBytes = int64_t{1} << 30;           // of what perf script prints
constexpr auto kLongestRun = std::chrono::hours(24 * 30);

// Both ends of a named pipe, so that neither side waits for the other to open it.
class NamedPipe {
 public:
  explicit NamedPipe(std::string path) : path_(std::move(path)) {}
  ~NamedPipe() {
    if (fd_ != -1) ::close(fd_);
    ::unlink(path_.c_str());
  }
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;

  absl::Status Open() {
    ::unlink(path_.c_str());
    if (::mkfifo(path_.c_str(), S_IRUSR | S_IWUSR) == 0) {
      fd_ = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    }
    if (fd_ != -1) return absl::OkStatus();
    return EnvironmentError(absl::StrCat(path_, ": no pipe: ", std::strerror(errno)));
  }

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_ = -1;
};

// The first line with a reason: perf puts "Error:" on one of its own before it.
std::string Excerpt(const std::string& text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const absl::string_view said = absl::StripAsciiWhitespace(line);
    if (said != "Error:") return std::string(said);
  }
  return "it said nothing";
}

// How long to wait; a stop signal makes it short.
class Waiting {
 public:
  explicit Waiting(Clock::duration patience) : end_(Clock::now() + patience) {}

  bool IsOver() {
    if (!is_to_stop_ && StopSignal()) {
      is_to_stop_ = true;
      end_ = std::min(end_, Clock::now() + kPatienceOfAStop);
    }
    return Clock::now() > end_;
  }

 private:
  Clock::time_point end_;
  bool is_to_stop_ = false;
};

void SayThereIsNoTable(const std::string& reason, const std::string& data) {
  const std::string line = absl::StrCat("bench-run: no table of functions: ", reason, "; ", data,
                                        " is kept, for perf report");
  std::fputs(
      absl::StrCat(CanRedraw() ? kClearLine : "", results::EscapeForTerminal(line), "\n").c_str(),
      stderr);
}

// What `perf script` prints of `data`.
absl::StatusOr<std::string> Samples(const std::string& program, const std::string& data) {
  Waiting waiting(kLongestReport);
  ProgramOptions options;
  options.timeout = kLongestReport;
  options.cancelled = [&] { return StopSignal() && waiting.IsOver(); };
  options.max_output_bytes = kMostBytes;
  BENCH_ASSIGN_OR_RETURN(ProgramOutput script,
                         RunProgram({program, "script", "--no-inline", "-G", "--ns", "-F",
                                     "tid,time,period,ip,sym,dso", "-i", data},
                                    options));
  if (script.exit_code == 0) return std::move(script.out);
  return EnvironmentError(
      absl::StrCat("perf script ended with ", script.exit_code, ": ", Excerpt(script.err)));
}

}  // namespace

// `perf record`, in a thread that waits for it.
class PerfProfiler::Recording {
 public:
  Recording(const std::string& program, const std::string& folder)
      : commands_(absl::StrCat(folder, "/.profile.perf.commands")),
        answers_(absl::StrCat(folder, "/.profile.perf.answers")),
        argv_({program, "record", "-q", "-e", "cpu-clock", "-F", kSamplesPerSecond, "-g", "-k",
               "CLOCK_MONOTONIC", "--no-buildid-cache", "-D", "-1", "-p", absl::StrCat(::getpid()),
               absl::StrCat("--control=fifo:", commands_.path(), ",", answers_.path()), "-o",
               absl::StrCat(folder, "/", kPerfDataName)}) {}
  ~Recording() {
    abandoned_ = true;
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Start() {
    BENCH_RETURN_IF_ERROR(commands_.Open());
    BENCH_RETURN_IF_ERROR(answers_.Open());
    thread_ = std::thread([this] {
      ProgramOptions options;
      options.timeout = kLongestRun;
      options.grace = std::chrono::seconds(10);
      options.cancelled = [this] { return abandoned_.load(); };
      result_ = RunProgram(argv_, options);
      ended_ = true;
    });
    return Command("enable\n");
  }

  absl::Status Stop() {
    BENCH_RETURN_IF_ERROR(Command("disable\n"));
    BENCH_RETURN_IF_ERROR(Say("stop\n"));
    Waiting waiting(kPatience);
    while (!ended_) {
      if (waiting.IsOver()) return EnvironmentError("perf record does not end when told to");
      std::this_thread::sleep_for(kMoment);
    }
    thread_.join();
    return Outcome();
  }

 private:
  absl::Status Say(const std::string& command) const {
    if (::write(commands_.fd(), command.data(), command.size()) ==
        static_cast<ssize_t>(command.size())) {
      return absl::OkStatus();
    }
    return EnvironmentError(absl::StrCat("cannot write to perf: ", std::strerror(errno)));
  }

  // Until perf has done it.
  absl::Status Command(const std::string& command) {
    BENCH_RETURN_IF_ERROR(Say(command));
    Waiting waiting(kPatience);
    std::string answer;
    while (answer.find("ack") == std::string::npos) {
      if (ended_) {
        thread_.join();
        const absl::Status outcome = Outcome();
        return outcome.ok() ? EnvironmentError("perf record ended before it was told to") : outcome;
      }
      if (waiting.IsOver()) return EnvironmentError("perf record does not answer");
      ReadInto(answer);
    }
    return absl::OkStatus();
  }

  // What is there, waiting a moment for it.
  void ReadInto(std::string& answer) const {
    pollfd waited{.fd = answers_.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&waited, 1, kMoment.count()) < 1) return;
    char bytes[64];
    const ssize_t size = ::read(answers_.fd(), bytes, sizeof(bytes));
    if (size > 0) answer.append(bytes, static_cast<size_t>(size));
  }

  // Of the program, which has ended.
  absl::Status Outcome() const {
    if (!result_.ok()) return result_.status();
    if (result_->exit_code == 0) return absl::OkStatus();
    return EnvironmentError(absl::StrCat("perf record ended with ", result_->exit_code, ": ",
                                         Excerpt(absl::StrCat(result_->err, result_->out))));
  }

  NamedPipe commands_, answers_;
  std::vector<std::string> argv_;
  std::atomic<bool> abandoned_ = false;
  std::atomic<bool> ended_ = false;  // result_ is there
  absl::StatusOr<ProgramOutput> result_ = EnvironmentError("perf record was not started");
  std::thread thread_;
};

PerfProfiler::PerfProfiler(std::string program, RangeTable& ranges, std::string folder)
    : program_(std::move(program)), ranges_(ranges), folder_(std::move(folder)) {}

PerfProfiler::~PerfProfiler() {
  if (recording_ != nullptr) ranges_.set_listener(nullptr);
}

absl::Status PerfProfiler::Start() {
  recording_ = std::make_unique<Recording>(program_, folder_);
  ranges_.set_listener(&trace_);
  return recording_->Start();
}

absl::StatusOr<ProfileTables> PerfProfiler::Stop() {
  const absl::Status stopped = recording_->Stop();
  ranges_.set_listener(nullptr);
  recording_ = nullptr;
  BENCH_RETURN_IF_ERROR(stopped);
  const std::string data = absl::StrCat(folder_, "/", kPerfDataName);
  const absl::StatusOr<std::string> samples = Samples(program_, data);
  if (!samples.ok()) {  // the run and its profile are good without
    SayThereIsNoTable(std::string(samples.status().message()), data);
    return ProfileTables();
  }
  ProfileTables tables;
  tables[std::string(results::kSymbolsTable.name)] =
      SymbolsTable(*samples, RangeIntervals(trace_.Take()));
  return tables;
}

}  // namespace bench::harness
