// The child is this test's program: it runs one of the disabled tests below and nothing else.
#include "harness/run/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

std::vector<std::string> Child(const std::string& name) {
  return {absl::StrCat("--gtest_filter=ChildProcess.DISABLED_", name),
          "--gtest_also_run_disabled_tests"};
}

TEST(ChildProcess, DISABLED_EndsWith7) { std::_Exit(7); }

TEST(ChildProcess, DISABLED_IsKilled) { std::raise(SIGKILL); }

TEST(ChildProcess, DISABLED_EndsWithItsStopSignal) {
  InstallSignalHandlers();
  while (!StopSignal()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::_Exit(128 + *StopSignal());
}

TEST(ChildProcess, DISABLED_EndsWith9WhenAskedForACheckpoint) {
  InstallSignalHandlers();
  while (!TakeCheckpointRequest()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::_Exit(9);
}

TEST(ChildProcess, DISABLED_GoesOnAfterAStopSignal) {
  InstallSignalHandlers();
  while (true) ::pause();
}

TEST(ChildProcess, DISABLED_EndsWith0WhereHangUpsAreIgnored) {
  InstallSignalHandlers();
  struct sigaction action = {};
  sigaction(SIGHUP, nullptr, &action);
  std::_Exit(action.sa_handler == SIG_IGN ? 0 : 1);
}

TEST(ChildProcess, DISABLED_EndsByABrokenPipe) { std::_Exit(128 + SIGPIPE); }

// 0 where all is as it should be.
TEST(ChildProcess, DISABLED_HasGroupVariablesAndOutputOfItsOwn) {
  const char* rank = std::getenv("RANK");
  const bool variables =
      rank != nullptr && std::string(rank) == "3" && ::setenv("RANK", "", 1) == 0;
  const bool group = ::getpgid(0) == ::getpid();
  const bool output = std::filesystem::read_symlink("/proc/self/fd/1") == "/dev/null";
  std::_Exit(variables && group && output ? 0 : 1);
}

TEST(ChildProcess, ExitCodePasses) {
  EXPECT_EQ(*RunSelf(Child("EndsWith7"), ChildOutput::kDiscard), 7);
}

TEST(ChildProcess, SignalThatKillsIsItsCode) {
  EXPECT_EQ(*RunSelf(Child("IsKilled"), ChildOutput::kDiscard), 128 + SIGKILL);
}

int EndOf(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(ChildProcess, StopSignalIsPassedOn) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    SetStopSignalForTest(signal);
    const auto code = RunSelf(Child("EndsWithItsStopSignal"), ChildOutput::kDiscard);
    SetStopSignalForTest(std::nullopt);
    EXPECT_EQ(*code, 128 + signal);
  }
}

TEST(ChildProcess, RequestForACheckpointIsPassedOn) {
  RequestCheckpoint();
  EXPECT_EQ(*RunSelf(Child("EndsWith9WhenAskedForACheckpoint"), ChildOutput::kDiscard), 9);
  EXPECT_FALSE(TakeCheckpointRequest());
}

// As it is a moment after fork: long before main.
TEST(ChildProcess, SignalThatComesBeforeItsHandlersWaitsForThem) {
  const auto asked =
      StartSelf(Child("EndsWith9WhenAskedForACheckpoint"), {}, ChildOutput::kDiscard);
  ASSERT_EQ(::kill(*asked, SIGUSR2), 0);
  EXPECT_EQ(EndOf(*asked), 9);
  const auto stopped = StartSelf(Child("GoesOnAfterAStopSignal"), {}, ChildOutput::kDiscard);
  ASSERT_EQ(::kill(*stopped, SIGTERM), 0);
  ASSERT_EQ(::kill(*stopped, SIGINT), 0);
  EXPECT_GE(EndOf(*stopped), 128);  // whichever came in second
}

TEST(ChildProcess, WhatIsIgnoredHereIsIgnoredThere) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  EXPECT_EQ(*RunSelf(Child("EndsWith0WhereHangUpsAreIgnored"), ChildOutput::kDiscard), 0);
  std::signal(SIGHUP, before);
  EXPECT_EQ(*RunSelf(Child("EndsWith0WhereHangUpsAreIgnored"), ChildOutput::kDiscard), 1);
}

TEST(ChildProcessDeathTest, SecondStopSignalEndsAChildThatGoesOnAfterTheFirst) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        InstallSignalHandlers();
        const ChildrenEndFirst children;
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        const auto code = RunSelf(Child("GoesOnAfterAStopSignal"), ChildOutput::kDiscard);
        std::_Exit(code.value_or(0));
      },
      // By SIGKILL where the machine is so busy that it has not even started after a second.
      [](int status) {
        return WIFEXITED(status) &&
               (WEXITSTATUS(status) == 128 + SIGTERM || WEXITSTATUS(status) == 128 + SIGKILL);
      },
      "");
}

TEST(ChildProcess, BrokenPipeOfAChildIsOurs) {
  EXPECT_EQ(*RunSelf(Child("EndsByABrokenPipe"), ChildOutput::kDiscard), 128 + SIGPIPE);
  EXPECT_EQ(StopSignal(), SIGPIPE);
  SetStopSignalForTest(std::nullopt);
}

TEST(ChildProcess, GivenVariablesWinOverInheritedOnes) {
  ASSERT_EQ(::setenv("RANK", "1", 1), 0);
  const auto child =
      StartSelf(Child("HasGroupVariablesAndOutputOfItsOwn"), {"RANK=3"}, ChildOutput::kDiscard);
  ::unsetenv("RANK");
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(EndOf(*child), 0);
}

TEST(ChildProcess, DISABLED_SaysSomethingToBothStreams) {
  if (::write(STDOUT_FILENO, "out\n", 4) != 4 || ::write(STDERR_FILENO, "err\n", 4) != 4) {
    std::_Exit(1);
  }
  std::_Exit(3);
}

TEST(ChildProcess, OutputAndErrorsGoBehindWhatIsInTheLog) {
  const TempFolder folder;
  const std::string log = folder / "child.log";
  ASSERT_TRUE(PublishFile(log, "before\n").ok());
  const auto child = StartSelfLogged(Child("SaysSomethingToBothStreams"), log);
  ASSERT_TRUE(child.ok()) << child.status();
  int status = 0;
  ASSERT_EQ(::waitpid(*child, &status, 0), *child);
  EXPECT_EQ(ExitCodeOfWait(status), 3);
  const std::string text = *ReadFile(log);
  EXPECT_EQ(text.rfind("before\n", 0), 0U);
  // The test's own program says what it runs before.
  EXPECT_NE(text.find("out\nerr\n"), std::string::npos) << text;
}

TEST(ChildProcess, AnExitCodeBecomesTheErrorOfThatCode) {
  for (const int code : {1, 2, 3, 4, 5}) {
    EXPECT_EQ(static_cast<int>(ExitCodeFor(StatusOfExit(code, "why"))), code);
  }
  EXPECT_EQ(ExitCodeFor(StatusOfExit(137, "why")), ExitCode::kEnvironment);
}

TEST(ChildProcess, AnotherProgramHasItsArgumentsAndVariables) {
  const auto exit_code =
      RunOther({"/bin/sh", "-c", "test \"$1\" = 'a b' && test \"$BENCH_TEST_MARK\" = 5 && exit 7",
                "sh", "a b"},
               {"BENCH_TEST_MARK=5"});
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 7);
}

// Nothing in it lets signals in that it was started without.
TEST(ChildProcess, AnotherProgramIsEndedBySignals) {
  const auto exit_code = RunOther({"/bin/sh", "-c", "kill -TERM $$; exit 9"}, {});
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 128 + SIGTERM);
}

TEST(ChildProcess, WhatIsNoProgramIsSaidOnStandardError) {
  ::testing::internal::CaptureStderr();
  const auto exit_code = RunOther({"/dev/null"}, {});
  const std::string said = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 5);
  EXPECT_NE(said.find("cannot be executed"), std::string::npos) << said;
}

}  // namespace
}  // namespace bench::harness
