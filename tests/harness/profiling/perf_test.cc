#include "harness/profiling/perf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <ctime>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/control/signals.h"
#include "harness/profiling/tool_program.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

std::string WriteProgram(const std::string& path, const std::string& script) {
  EXPECT_TRUE(PublishFile(path, "#!/bin/sh\n" + script).ok());
  EXPECT_EQ(::chmod(path.c_str(), 0700), 0);
  return path;
}

constexpr char kOneSample[] = "echo '7 5.000000000: 1001001 7f00 work(int) (/lib/libwork.so)'";

// Understands what perf is asked and notes the commands that it gets; what it does when it is told
// to stop, and as `perf script`.
std::string FakePerf(const TempFolder& temp, const std::string& at_stop = "exit 0",
                     const std::string& script = kOneSample) {
  return WriteProgram(
      temp / "perf",
      absl::StrCat("if [ \"$1\" = record ]; then\n"
                   "  for argument; do\n"
                   "    case $argument in --control=fifo:*) pipes=${argument#--control=fifo:};; "
                   "esac\n"
                   "  done\n"
                   "  exec 3<>\"${pipes%,*}\" 4<>\"${pipes#*,}\"\n"
                   "  while read -r command <&3; do\n"
                   "    echo \"$command\" >> \"$(dirname \"$0\")/commands\"\n"
                   "    printf 'ack\\n' >&4\n"
                   "    [ \"$command\" = stop ] && ",
                   at_stop, "\n  done\nfi\n", script, "\n"));
}

TEST(Perf, IsToldToLookAndToStopAndItsSamplesAreRead) {
  const TempFolder temp;
  RangeTable ranges;
  PerfProfiler profiler(FakePerf(temp), ranges, temp.path());
  ASSERT_TRUE(profiler.Start().ok());
  EXPECT_EQ(*ReadFile(temp / "commands"), "enable\n");
  const auto tables = profiler.Stop();
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_EQ(*ReadFile(temp / "commands"), "enable\ndisable\nstop\n");
  const results::Table& symbols = tables->at("profile_symbols");
  ASSERT_EQ(symbols.rows.size(), 1u);
  EXPECT_EQ(std::get<std::string>(symbols.rows[0][1]), "work(int)");
  EXPECT_EQ(std::get<std::string>(symbols.rows[0][2]), "libwork.so");
  // Nothing but what it is asked to leave.
  EXPECT_EQ(*ListFolder(temp.path()), (std::vector<std::string>{"commands", "perf"}));
}

TEST(Perf, WhatItSaysWhenItIsNotAllowedIsTheError) {
  const TempFolder temp;
  RangeTable ranges;
  PerfProfiler profiler(
      WriteProgram(temp / "perf",
                   "printf 'Error:\\nperf_event_paranoid setting is 4\\n' >&2; exit 255\n"),
      ranges, temp.path());
  const absl::Status started = profiler.Start();
  EXPECT_TRUE(absl::IsUnavailable(started)) << started;
  EXPECT_THAT(std::string(started.message()), HasSubstr("perf_event_paranoid setting is 4"));
}

TEST(Perf, WhereItsSamplesCannotBeReadTheProfileIsKeptAndTheRunGoesOn) {
  const TempFolder temp;
  RangeTable ranges;
  PerfProfiler profiler(FakePerf(temp, "exit 0", "printf 'Error:\\nno symbols\\n' >&2; exit 3"),
                        ranges, temp.path());
  ASSERT_TRUE(profiler.Start().ok());
  ASSERT_TRUE(PublishFile(temp / kPerfDataName, "samples").ok());
  ::testing::internal::CaptureStderr();
  const auto tables = profiler.Stop();
  const std::string said = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_TRUE(tables->empty());
  EXPECT_TRUE(Exists(temp / kPerfDataName));
  EXPECT_THAT(said, HasSubstr("perf script ended with 3: no symbols"));
  EXPECT_THAT(said, HasSubstr(temp / kPerfDataName));
}

TEST(Perf, OneThatDoesNotEndIsAbandonedSoonAfterAStopSignal) {
  const TempFolder temp;
  RangeTable ranges;
  PerfProfiler profiler(FakePerf(temp, ":"), ranges, temp.path());
  ASSERT_TRUE(profiler.Start().ok());
  SetStopSignalForTest(SIGINT);
  const absl::Status stopped = profiler.Stop().status();
  SetStopSignalForTest(std::nullopt);
  EXPECT_TRUE(absl::IsUnavailable(stopped)) << stopped;
  EXPECT_THAT(std::string(stopped.message()), HasSubstr("does not end"));
}

TEST(Perf, OneThatIsLeftWhileItLooksIsEnded) {
  const TempFolder temp;
  RangeTable ranges;
  {
    PerfProfiler profiler(FakePerf(temp), ranges, temp.path());
    ASSERT_TRUE(profiler.Start().ok());
  }
  EXPECT_EQ(*ReadFile(temp / "commands"), "enable\n");
  EXPECT_EQ(*ListFolder(temp.path()), (std::vector<std::string>{"commands", "perf"}));
}

// Keeps a processor busy for a fifth of a second of its time: some 200 samples.
void BeBusy() {
  const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 5;
  while (std::clock() < end) {
  }
}

TEST(Perf, TheRealOneSamplesThisProgramByRange) {
  const auto program = FindToolProgram(ProfileTool::kPerf);
  if (!program.ok()) GTEST_SKIP() << program.status().message();
  const TempFolder temp;
  RangeTable ranges;
  PerfProfiler profiler(*program, ranges, temp.path());
  const absl::Status started = profiler.Start();
  if (!started.ok()) GTEST_SKIP() << started.message();
  {
    const Range forward(ranges, RangeId::kForward);
    BeBusy();
  }
  const auto tables = profiler.Stop();
  ASSERT_TRUE(tables.ok()) << tables.status();
  int64_t within = 0, all = 0;
  for (const auto& row : tables->at("profile_symbols").rows) {
    const int64_t samples = std::get<int64_t>(row[3]);
    all += samples;
    if (std::get<std::string>(row[0]) == "forward") within += samples;
  }
  EXPECT_GT(within, 0);
  EXPECT_GE(2 * within, all);
  EXPECT_TRUE(Exists(temp / kPerfDataName));
}

}  // namespace
}  // namespace bench::harness
