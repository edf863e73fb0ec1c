#include "results/isolated_reader.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/record_journal.h"

namespace bench::results {
namespace {

constexpr int64_t kBaseProcessorSeconds = 10;
constexpr int64_t kBytesPerProcessorSecond = 500'000;
constexpr size_t kMaxAnswerBytes = size_t{1} << 30;

// The first byte of the child's answer: the record's journal follows, or an error's message.
enum class Answer : char { kRecord = 'R', kBadData = 'D', kOther = 'E' };

void Limit(decltype(RLIMIT_CPU) resource, int64_t value) {
  rlimit limit;
  if (::getrlimit(resource, &limit) == -1) return;
  limit.rlim_cur = std::min(static_cast<rlim_t>(value), limit.rlim_max);
  ::setrlimit(resource, &limit);
}

void LimitThisProcess([[maybe_unused]] int64_t memory_bytes, int64_t processor_s) {
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_CPU, processor_s);
#ifndef __SANITIZE_ADDRESS__  // its shadow alone is larger
  Limit(RLIMIT_AS, memory_bytes);
#endif
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null != -1) ::dup2(null, STDERR_FILENO);  // what a dying library prints
}

std::string MakeAnswer(Answer kind, std::string_view text) {
  return absl::StrCat(std::string(1, static_cast<char>(kind)), std::string(text));
}

std::string ReadAndEncode(const std::string& path) {
  const absl::StatusOr<RunRecord> record = ReadResults(path);
  const absl::StatusOr<std::string> bytes =
      record.ok() ? JournalFromRecord(*record) : absl::StatusOr<std::string>(record.status());
  if (bytes.ok()) return MakeAnswer(Answer::kRecord, *bytes);
  const bool bad_data = ExitCodeFor(bytes.status()) == ExitCode::kBadData;
  const absl::string_view message = bytes.status().message();
  return MakeAnswer(bad_data ? Answer::kBadData : Answer::kOther, {message.data(), message.size()});
}

[[noreturn]] void RunChild(const std::string& path, int out) {
  const std::string answer = ReadAndEncode(path);
  std::string_view rest = answer;
  while (!rest.empty()) {
    const ssize_t n = ::write(out, rest.data(), rest.size());
    if (n == -1 && errno != EINTR) break;
    if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  }
  ::_exit(rest.empty() ? 0 : 1);
}

absl::StatusOr<std::string> ReadAnswer(int in) {
  std::string answer;
  std::string block(1 << 16, '\0');
  while (true) {
    const ssize_t n = ::read(in, block.data(), block.size());
    if (n == -1 && errno == EINTR) continue;
    if (n == -1)
      return EnvironmentError(absl::StrCat("cannot read a pipe: ", std::strerror(errno)));
    if (n == 0) return answer;
    answer.append(block, 0, static_cast<size_t>(n));
    if (answer.size() > kMaxAnswerBytes) return DataError("holds too much to read");
  }
}

// The size of a regular file.
absl::StatusOr<int64_t> RegularFileSize(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == -1) {
    return EnvironmentError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) return DataError(absl::StrCat(path, " is not a regular file"));
  return static_cast<int64_t>(info.st_size);
}

absl::StatusOr<RunRecord> Decode(const std::string& path, int wait_status,
                                 std::string_view answer) {
  if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0 || answer.empty()) {
    const std::string how =
        WIFSIGNALED(wait_status) ? absl::StrCat(" (signal ", WTERMSIG(wait_status), ")") : "";
    return DataError(
        absl::StrCat(path, ": damaged: reading it crashed or exceeded its limits", how));
  }
  const std::string_view text = answer.substr(1);
  switch (static_cast<Answer>(answer[0])) {
    case Answer::kRecord: {
      absl::StatusOr<RunRecord> record = RecordFromJournal(text);
      if (!record.ok()) return Annotate(record.status(), path);
      return record;
    }
    case Answer::kBadData:
      return DataError(text);
    case Answer::kOther:
      break;
  }
  return EnvironmentError(text);
}

}  // namespace

absl::StatusOr<RunRecord> ReadResultsIsolated(const std::string& path,
                                              const IsolationLimits& limits) {
  BENCH_ASSIGN_OR_RETURN(const int64_t size, RegularFileSize(path));
  const int64_t processor_s =
      limits.processor_s.value_or(kBaseProcessorSeconds + size / kBytesPerProcessorSecond);
  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) == -1) {
    return EnvironmentError(absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
  }
  absl::Cleanup close_in = [&] { ::close(pipe_fds[0]); };
  const pid_t child = ::fork();
  if (child == 0) {
    LimitThisProcess(limits.memory_bytes, processor_s);
    RunChild(path, pipe_fds[1]);
  }
  ::close(pipe_fds[1]);
  if (child == -1) {
    return EnvironmentError(absl::StrCat("cannot start a process: ", std::strerror(errno)));
  }
  absl::StatusOr<std::string> answer = ReadAnswer(pipe_fds[0]);
  if (!answer.ok()) ::kill(child, SIGKILL);
  int wait_status = 0;
  while (::waitpid(child, &wait_status, 0) == -1 && errno == EINTR) {
  }
  if (!answer.ok()) return Annotate(answer.status(), path);
  return Decode(path, wait_status, *answer);
}

}  // namespace bench::results
