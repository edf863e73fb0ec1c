#include "base/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kShort{50};

// What a small shell script does.
absl::StatusOr<ProgramOutput> Shell(const std::string& script, const ProgramOptions& options = {}) {
  return RunProgram({"sh", "-c", script}, options);
}

// Whether `pid` is gone, or a zombie that init has yet to reap, within ten seconds.
bool EndsSoon(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string id, name, state;
    if (!(stat >> id >> name >> state) || state == "Z" || state == "X") return true;
  }
  return false;
}

TEST(RunProgram, KeepsStreamsAndExitCodeApart) {
  const auto output = Shell("echo out; echo err >&2; exit 7");
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->exit_code, 7);
  EXPECT_EQ(output->out, "out\n");
  EXPECT_EQ(output->err, "err\n");
}

// Both while it prints and after it has closed its streams.
TEST(RunProgram, IsKilledWhenTheCallerCancels) {
  for (const char* script :
       {"echo $$; exec sleep 1000", "echo $$; exec >&- 2>&-; exec sleep 1000"}) {
    ProgramOptions options;
    options.timeout = std::chrono::minutes(10);
    int num_asked = 0;
    options.cancelled = [&] { return ++num_asked > 2; };
    const auto output = Shell(script, options);
    EXPECT_TRUE(IsStopped(output.status())) << output.status();
    EXPECT_GT(num_asked, 2);
  }
}

// A program that has put a child into a group of its own, as ninja does, ends it itself.
TEST(RunProgram, WhatIsGivenGraceMayEndWhatItStarted) {
  const TempFolder folder;
  const std::string ready = folder / "ready";
  const std::string ended = folder / "ended";
  ProgramOptions options;
  options.timeout = std::chrono::minutes(10);
  options.grace = std::chrono::seconds(60);
  options.cancelled = [&] { return Exists(ready); };
  const auto output = Shell(
      "trap 'touch " + ended + "; exit' TERM; touch " + ready + "; while :; do sleep 0.01; done",
      options);
  EXPECT_TRUE(IsStopped(output.status())) << output.status();
  EXPECT_TRUE(Exists(ended));
}

TEST(RunProgram, WhatIgnoresTheRequestIsKilledAfterItsGrace) {
  ProgramOptions options;
  options.timeout = kShort;
  options.grace = kShort;
  const auto output = Shell("trap '' TERM; while :; do sleep 0.01; done", options);
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("in time"));
}

TEST(RunProgram, ArgumentsAreNotInterpreted) {
  const auto output = RunProgram({"printf", "%s|", "a b", "$HOME", "", "'*'"});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->out, "a b|$HOME||'*'|");
}

TEST(RunProgram, LargeOutputOnBothStreamsArrivesWhole) {
  // Both exceed a pipe's 64 KiB: reading one to its end first would block for ever.
  const auto output = Shell("head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero");
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->out, std::string(300000, '\0'));
  EXPECT_EQ(output->err, std::string(300000, '\0'));
}

TEST(RunProgram, StandardInputIsEmpty) { EXPECT_EQ(Shell("cat; echo end")->out, "end\n"); }

TEST(RunProgram, FolderAndEnvironmentAreTheGivenOnes) {
  ASSERT_EQ(::setenv("BENCH_REMOVED", "x", 1), 0);
  ASSERT_EQ(::setenv("BENCH_CHANGED", "x", 1), 0);
  const auto output = Shell("pwd; echo ${BENCH_REMOVED-absent} $BENCH_CHANGED",
                            {.folder = "/usr",
                             .environment = {{"BENCH_CHANGED", "y"}},
                             .removed_variables = {"BENCH_REMOVED"}});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->out, "/usr\nabsent y\n");
}

TEST(RunProgram, MissingProgramIsNamed) {
  const auto output = RunProgram({"no-such-program"});
  EXPECT_EQ(ExitCodeFor(output.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("no-such-program"));
}

TEST(RunProgram, MissingFolderIsAnError) {
  EXPECT_FALSE(Shell("true", {.folder = "/no/such/folder"}).ok());
}

TEST(RunProgram, DeathBySignalIsAnErrorNamingIt) {
  const auto output = Shell("kill -TERM $$");
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("signal 15"));
}

TEST(RunProgram, TimeLimitEndsTheWholeGroup) {
  const std::string file = ::testing::TempDir() + "/subprocess_pid." + std::to_string(::getpid());
  std::filesystem::remove(file);
  const auto start = std::chrono::steady_clock::now();
  // The inner shell holds the streams open; its parent alone being killed would not end it.
  const auto output =
      Shell("sh -c 'echo $$ > " + file + "; sleep 60'; true", {.timeout = 20 * kShort});
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  pid_t inner = 0;
  std::ifstream(file) >> inner;
  ASSERT_GT(inner, 0);
  EXPECT_TRUE(EndsSoon(inner));
}

TEST(RunProgram, ProgramThatClosesItsStreamsIsStillLimited) {
  const auto output = Shell("exec >&- 2>&-; sleep 60", {.timeout = kShort});
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("in time"));
}

TEST(RunProgram, TooMuchOutputIsStopped) {
  const auto output = Shell("cat /dev/zero", {.max_output_bytes = 100'000});
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("too much"));
}

TEST(RunProgram, IgnoredSignalsAreNotInherited) {
  // A caller that ignores SIGPIPE must not make `yes | head` run for ever.
  struct sigaction ignore = {}, before = {};
  ignore.sa_handler = SIG_IGN;
  ASSERT_EQ(::sigaction(SIGPIPE, &ignore, &before), 0);
  const auto output = Shell("kill -PIPE $$; echo survived");
  ::sigaction(SIGPIPE, &before, nullptr);
  EXPECT_THAT(std::string(output.status().message()), HasSubstr("signal 13"));
}

TEST(RunProgram, LeavesNoDescriptorOpen) {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_descriptors();
  ASSERT_TRUE(Shell("true").ok());
  EXPECT_FALSE(Shell("sleep 60", {.timeout = kShort}).ok());
  EXPECT_FALSE(RunProgram({"no-such-program"}).ok());
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace bench
