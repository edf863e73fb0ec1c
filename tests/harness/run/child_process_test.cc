// The child is this test's program: it runs one of the disabled tests below and nothing else.
#include "harness/run/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

std::vector<std::string> Child(const std::string& name) {
  return {absl::StrCat("--gtest_filter=ChildProcess.DISABLED_", name),
          "--gtest_also_run_disabled_tests"};
}

TEST(ChildProcess, DISABLED_EndsWith7) { std::_Exit(7); }

TEST(ChildProcess, DISABLED_IsKilled) { std::raise(SIGKILL); }

TEST(ChildProcess, DISABLED_WaitsForASignal) {
  while (true) ::pause();
}

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

TEST(ChildProcess, StopSignalIsForwarded) {
  SetStopSignalForTest(SIGTERM);
  const auto code = RunSelf(Child("WaitsForASignal"), ChildOutput::kDiscard);
  SetStopSignalForTest(std::nullopt);
  EXPECT_EQ(*code, 128 + SIGTERM);
}

TEST(ChildProcess, GivenVariablesWinOverInheritedOnes) {
  ASSERT_EQ(::setenv("RANK", "1", 1), 0);
  const auto child =
      StartSelf(Child("HasGroupVariablesAndOutputOfItsOwn"), {"RANK=3"}, ChildOutput::kDiscard);
  ::unsetenv("RANK");
  ASSERT_TRUE(child.ok()) << child.status();
  int status = 0;
  ASSERT_EQ(::waitpid(*child, &status, 0), *child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace bench::harness
