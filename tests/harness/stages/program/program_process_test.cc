#include "harness/stages/program/program_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/status.h"
#include "harness/measurement/memory_group.h"
#include "harness/measurement/process_tree.h"
#include "tests/harness/measurement/fake_groups.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

ProgramCommand Shell(const std::string& script) { return {{"/bin/sh", "-c", script}, "/", {}, {}}; }

struct Outcome {
  std::string out, err;
  int exit_code = -1;
  std::optional<int> signal;
  int64_t left_running = 0;
  bool in_group = false;
  ProgramUsage usage;
};

void Collect(ProgramProcess& process, Outcome& outcome) {
  const auto keep = [&](OutputStream stream, std::string_view bytes) {
    (stream == OutputStream::kOut ? outcome.out : outcome.err) += bytes;
    return absl::OkStatus();
  };
  while (!process.exit_code()) ASSERT_TRUE(process.Poll(milliseconds(20), keep).ok());
  outcome.left_running = process.EndAll();
  ASSERT_TRUE(process.DrainAll(keep).ok());
  outcome.exit_code = *process.exit_code();
  outcome.signal = process.end_signal();
  outcome.usage = process.usage();
}

Outcome RunToEnd(const ProgramCommand& command, const MemoryGroup* group = nullptr) {
  auto process = ProgramProcess::Start(command, group);
  EXPECT_TRUE(process.ok()) << process.status();
  Outcome outcome;
  if (!process.ok()) return outcome;
  outcome.in_group = (*process)->in_group();
  Collect(**process, outcome);
  return outcome;
}

TEST(ProgramProcess, HandsOnBothStreamsAndTheExitCode) {
  const Outcome outcome = RunToEnd(Shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.signal, std::nullopt);
}

TEST(ProgramProcess, IsInItsGroupFromItsFirstInstructionOn) {
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  const Outcome outcome = RunToEnd(Shell("cat " + group->entrance()), group.get());
  EXPECT_TRUE(outcome.in_group);
  EXPECT_EQ(outcome.out, "0");  // itself
  EXPECT_FALSE(RunToEnd(Shell("true")).in_group);
}

TEST(ProgramProcess, RunsWhereItsGroupRefusesIt) {
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  std::filesystem::remove(group->entrance());
  const Outcome outcome = RunToEnd(Shell("echo runs; exit 3"), group.get());
  EXPECT_FALSE(outcome.in_group);
  EXPECT_EQ(outcome.out, "runs\n");
  EXPECT_EQ(outcome.exit_code, 3);
  // What hinders the start is still told.
  EXPECT_THAT(
      ProgramProcess::Start({{"/bin/sh"}, "/nowhere", {}, {}}, group.get()).status().message(),
      HasSubstr("cannot start"));
}

TEST(ProgramProcess, LosesNothingOfALongOutput) {
  const Outcome outcome =
      RunToEnd(Shell("i=0; while [ $i -lt 20000 ]; do echo 0123456789012345678; "
                     "i=$((i+1)); done"));
  EXPECT_EQ(outcome.out.size(), 400000u);
}

TEST(ProgramProcess, SaysWhichSignalEndedIt) {
  const Outcome outcome = RunToEnd(Shell("kill -SEGV $$"));
  EXPECT_EQ(outcome.signal, SIGSEGV);
  EXPECT_EQ(outcome.exit_code, 128 + SIGSEGV);
}

TEST(ProgramProcess, IsInASessionAndGroupOfItsOwnWithEmptyInputAndNoSignalIgnored) {
  ::signal(SIGUSR2, SIG_IGN);
  const Outcome outcome =
      RunToEnd(Shell("cut -d' ' -f1,5,6 /proc/$$/stat; cat; "
                     "grep SigIgn /proc/self/status; ls /proc/self/fd | wc -l"));
  ::signal(SIGUSR2, SIG_DFL);
  std::istringstream stat(outcome.out);
  int pid = 0, group = 0, session = 0;
  ASSERT_TRUE(stat >> pid >> group >> session) << outcome.out;
  EXPECT_EQ(pid, group);
  EXPECT_EQ(pid, session);
  EXPECT_THAT(outcome.out, HasSubstr("SigIgn:\t0000000000000000"));
  EXPECT_THAT(outcome.out, HasSubstr("\n4\n"));  // its three streams, and the folder that ls reads
}

TEST(ProgramProcess, HasItsFolderAndEnvironment) {
  const TempFolder folder;
  ::setenv("PROGRAM_TEST_OLD", "old", 1);
  ::setenv("PROGRAM_TEST_GONE", "gone", 1);
  ProgramCommand command = Shell("pwd; echo $PROGRAM_TEST_OLD $PROGRAM_TEST_NEW$PROGRAM_TEST_GONE");
  command.folder = folder.path();
  command.environment = {{"PROGRAM_TEST_NEW", "a=b"}};
  command.removed_variables = {"PROGRAM_TEST_GONE"};
  EXPECT_EQ(RunToEnd(command).out, folder.path() + "\nold a=b\n");
}

TEST(ProgramProcess, IsFoundOnThePathOfItsOwnEnvironment) {
  const TempFolder folder;
  std::ofstream(folder / "mine") << "#!/bin/sh\necho mine\n";
  ProgramCommand command = {{"mine"}, folder.path(), {{"PATH", "/bin:" + folder.path()}}, {}};
  EXPECT_THAT(ProgramProcess::Start(command).status().message(),
              HasSubstr("no program \"mine\" is on PATH"));  // it may not be executed
  std::filesystem::permissions(folder / "mine", std::filesystem::perms::owner_all);
  EXPECT_EQ(RunToEnd(command).out, "mine\n");
  command.argv = {"./mine"};
  EXPECT_EQ(RunToEnd(command).out, "mine\n");
  command.argv = {"./other"};
  EXPECT_THAT(ProgramProcess::Start(command).status().message(),
              HasSubstr("is no executable file"));
}

TEST(ProgramProcess, ThatCannotBeStartedSaysWhy) {
  const TempFolder folder;
  ProgramCommand command = Shell("true");
  command.folder = folder / "none";
  const absl::Status status = ProgramProcess::Start(command).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_THAT(status.message(), HasSubstr("No such file or directory"));
}

// One in a session of its own, whose parent has ended: nobody but an adopter finds it.
TEST(ProgramProcess, LeavesNothingBehind) {
  const TempFolder folder;
  const Outcome outcome = RunToEnd(
      Shell("(setsid sleep 1000 & echo $! > " + (folder / "pid") + "); sleep 1000 & echo done"));
  EXPECT_EQ(outcome.out, "done\n");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_GE(outcome.left_running, 1);
  EXPECT_TRUE(ReadProcessTree(::getpid()).processes.empty());
}

TEST(ProgramProcess, EndsWithItsOwner) {
  { auto process = ProgramProcess::Start(Shell("trap '' TERM; sleep 1000")); }
  EXPECT_TRUE(ReadProcessTree(::getpid()).processes.empty());
}

TEST(ProgramProcess, ASignalReachesItsWholeGroup) {
  auto process = ProgramProcess::Start(Shell("sleep 1000 | sleep 1000; echo $?"));
  ASSERT_TRUE(process.ok());
  while (ReadProcessTree(::getpid()).processes.size() < 3) {
    ASSERT_TRUE((*process)->Poll(milliseconds(1), nullptr).ok());
  }
  (*process)->Signal(SIGTERM);
  Outcome outcome;
  Collect(**process, outcome);
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_EQ(outcome.left_running, 0);
}

// The children's and grandchildren's too: 100 MB of zeros through two programs take some.
TEST(ProgramProcess, CountsWhatAllItsProcessesUsed) {
  const Outcome outcome = RunToEnd(Shell("head -c 100000000 /dev/zero | (cat; true) | wc -c"));
  EXPECT_EQ(outcome.out, "100000000\n");
  EXPECT_GT(outcome.usage.user_s + outcome.usage.system_s, 0.005);
  EXPECT_GT(outcome.usage.page_faults, 100);
  EXPECT_GT(outcome.usage.voluntary_switches, 3);
  EXPECT_GT(outcome.usage.max_resident_bytes, 1 << 18);
  EXPECT_LT(outcome.usage.max_resident_bytes, 100 << 20);
}

}  // namespace
}  // namespace bench::harness
