#include "base/limited_child.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench {
namespace {

using ::testing::HasSubstr;

struct Ending {
  std::function<std::string()> work;
  ExitCode exit_code;
  std::string message;
};

TEST(LimitedChild, GivesWhatTheWorkReturnsWhateverItsBytesAndSize) {
  for (const std::string& text :
       {std::string(), std::string("a\0b", 3), std::string(1 << 20, 'x')}) {
    const auto answer = RunInLimitedChild({}, [&] { return text; });
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(*answer, text);
  }
}

TEST(LimitedChild, TellsCrashesFromInterruptions) {
  const auto raises = [](int signal) {
    return [signal] {
      std::raise(signal);
      return std::string();
    };
  };
  const std::vector<Ending> endings = {
      {raises(SIGABRT), ExitCode::kBadData, "crashes (signal 6)"},
      {raises(SIGKILL), ExitCode::kEnvironment, "interrupted (signal 9)"},
      {raises(SIGTERM), ExitCode::kEnvironment, "interrupted (signal 15)"},
      {raises(SIGINT), ExitCode::kEnvironment, "interrupted (signal 2)"},
      {[]() -> std::string { throw std::runtime_error("out of the work"); }, ExitCode::kBadData,
       "crashes (signal 6)"},
      {[]() -> std::string { std::_Exit(3); }, ExitCode::kBadData, "crashes (exit code 3)"}};
  for (const Ending& ending : endings) {
    const absl::Status status = RunInLimitedChild({}, ending.work).status();
    EXPECT_EQ(ExitCodeFor(status), ending.exit_code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(ending.message));
  }
}

// bench-run's handlers only note a signal; in the child they must not be in force.
// What is ignored, as hang-ups are under nohup, it ignores too.
TEST(LimitedChild, HasNoHandlersOfItsCallerAndIgnoresWhatThatIgnores) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    const auto raises = [signal] {
      std::raise(signal);
      return std::string("survived");
    };
    const auto before = std::signal(signal, [](int) {});
    EXPECT_FALSE(RunInLimitedChild({}, raises).ok());
    std::signal(signal, SIG_IGN);
    EXPECT_EQ(RunInLimitedChild({}, raises).value_or("did not"), "survived");
    std::signal(signal, before);
  }
}

TEST(LimitedChild, EndlessWorkIsNamedByItsProcessorTime) {
  const absl::Status status = RunInLimitedChild({.processor_s = 1}, [] {
                                for (std::atomic<uint64_t> i = 0;; ++i) {
                                }
                                return std::string();
                              }).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr("more than 1 s of processor time"));
}

// The limit is on top of what this process has, so little of it is enough for little work.
TEST(LimitedChild, MemoryBeyondTheLimitIsNamed) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "no limit of memory under AddressSanitizer";
#endif
  constexpr size_t kHeld = size_t{256} << 20;
  const auto held = std::make_unique<char[]>(kHeld);
  const auto allocate = [](size_t bytes) {
    return [bytes] { return std::to_string(std::string(bytes, 'x').size()); };
  };
  const ChildLimits limits = {.memory_bytes = int64_t{128} << 20};
  EXPECT_EQ(RunInLimitedChild(limits, allocate(32 << 20)).value_or("refused"),
            std::to_string(32 << 20));
  const absl::Status status = RunInLimitedChild(limits, allocate(256 << 20)).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr("more than 128 MiB of memory"));
}

TEST(LimitedChild, TooLongAnAnswerIsRefused) {
  const absl::Status status =
      RunInLimitedChild({.answer_bytes = 1000}, [] { return std::string(1 << 20, 'x'); }).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr("too much"));
}

// Each waits for what only the other's start allows.
TEST(LimitedChild, SeveralAreAtWorkAtATime) {
  int pipes[2];
  ASSERT_EQ(::pipe(pipes), 0);
  auto reader = LimitedChild::Start({}, [&] {
    char byte = 0;
    return ::read(pipes[0], &byte, 1) == 1 ? std::string(1, byte) : std::string();
  });
  auto writer = LimitedChild::Start(
      {}, [&] { return std::string(::write(pipes[1], "x", 1) == 1 ? "wrote" : ""); });
  ASSERT_TRUE(reader.ok() && writer.ok());
  EXPECT_EQ(*(*std::move(reader)).Answer(), "x");
  EXPECT_EQ(*(*std::move(writer)).Answer(), "wrote");
  ::close(pipes[0]);
  ::close(pipes[1]);
}

int NumPipes() {
  constexpr int kMostDescriptors = 256;
  int number = 0;
  for (int fd = 0; fd < kMostDescriptors; ++fd) {
    struct stat info;
    if (::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode)) ++number;
  }
  return number;
}

// Each has the writing end of its own pipe, and no end of another's.
TEST(LimitedChild, HoldsNoReadingEnd) {
  // What was stderr may be a pipe, and is none in the child.
  const auto count = [] { return std::to_string(NumPipes()); };
  const auto alone = RunInLimitedChild({}, count);
  ASSERT_TRUE(alone.ok());
  struct stat error;
  ASSERT_EQ(::fstat(STDERR_FILENO, &error), 0);
  EXPECT_EQ(*alone, std::to_string(NumPipes() - (S_ISFIFO(error.st_mode) ? 1 : 0) + 1));
  auto first = LimitedChild::Start({}, count);
  auto second = LimitedChild::Start({}, count);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*(*std::move(first)).Answer(), *alone);
  EXPECT_EQ(*(*std::move(second)).Answer(), *alone);
}

// A process that starts a child and is killed; both hold the writing end of a pipe.
TEST(LimitedChild, EndsWithTheProcessThatStartedIt) {
  int pipe_fds[2];
  ASSERT_EQ(::pipe(pipe_fds), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const auto child = LimitedChild::Start({}, [&] {
      const pid_t own = ::getpid();
      if (::write(pipe_fds[1], &own, sizeof own) == sizeof own) ::sleep(3600);
      return std::string();
    });
    ::pause();
    ::_exit(child.ok() ? 0 : 1);
  }
  ASSERT_NE(parent, -1);
  ::close(pipe_fds[1]);
  pid_t child = 0;
  ASSERT_EQ(::read(pipe_fds[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  ::waitpid(parent, nullptr, 0);
  pollfd end = {pipe_fds[0], POLLIN, 0};
  constexpr int kTimeoutMs = 20'000;
  EXPECT_EQ(::poll(&end, 1, kTimeoutMs), 1) << "process " << child << " goes on";
  if (end.revents == 0) ::kill(child, SIGKILL);
  ::close(pipe_fds[0]);
}

// The destructor waits: without its kill it would for an hour.
TEST(LimitedChild, OneThatIsNotAskedIsEnded) {
  const auto child = LimitedChild::Start({}, [] {
    ::sleep(3600);
    return std::string();
  });
  ASSERT_TRUE(child.ok());
}

}  // namespace
}  // namespace bench
