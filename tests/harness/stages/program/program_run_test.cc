#include "harness/stages/program/program_run.h"

#include <gmock/gmock.h>

#include <csignal>

#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/measurement/process_tree.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ProgramRunTest : public testing::Test {
 protected:
  ProgramRunTest() {
    plan_.log_path = run_.folder() / "log";
    plan_.metrics_path = run_.folder() / "metrics";
    plan_.reports = {{&lines_, plan_.metrics_path}};
    plan_.command.folder = "/";
    plan_.command.environment = {{"BENCH_METRICS", plan_.metrics_path}};
    plan_.grace = std::chrono::seconds(20);
  }
  ~ProgramRunTest() override {
    SetStopSignalForTest(std::nullopt);
    EXPECT_TRUE(ReadProcessTree(::getpid()).processes.empty());
  }

  absl::StatusOr<ProgramEnd> Run(const std::string& script) {
    plan_.command.argv = {"/bin/sh", "-c", script};
    Progress progress(Progress::Audience::kNobody);
    return RunProgramOnce(plan_, run_.sink(), progress, [this] {
      if (on_look_) on_look_();
      return absl::OkStatus();
    });
  }

  ReportSpec lines_;  // JSON lines
  SinkFixture run_{{MetricNamed("loss")}};
  ProgramPlan plan_;
  std::function<void()> on_look_;
};

TEST_F(ProgramRunTest, RecordsWhatIsReportedAndKeepsWhatIsPrinted) {
  const auto end = Run(R"(echo '{"step": 1, "metrics": {"loss": 2}}' >> $BENCH_METRICS
                          echo hello; echo there >&2
                          echo '{"step": 2, "metrics": {"loss": 1}}' >> $BENCH_METRICS)");
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_THAT(run_.Record().steps.at("loss").value, ElementsAre(2, 1));
  const std::string log = *ReadFile(plan_.log_path);
  EXPECT_THAT(log, HasSubstr("hello\n"));
  EXPECT_THAT(log, HasSubstr("there\n"));
  EXPECT_GT(end->seconds, 0);
  EXPECT_GE(end->peak_resident_bytes, end->usage.max_resident_bytes);
  EXPECT_EQ(end->num_left_running, 0);
}

TEST_F(ProgramRunTest, AFailureHasTheLastLines) {
  const auto end = Run(R"(echo '{"step": 1, "metrics": {"loss": 2}}' >> $BENCH_METRICS
                          echo one; echo two >&2; exit 3)");
  EXPECT_EQ(ExitCodeFor(end.status()), ExitCode::kEnvironment);
  EXPECT_THAT(end.status().message(), HasSubstr("ended with exit code 3; its last lines: "));
  EXPECT_THAT(end.status().message(), HasSubstr("two"));
  EXPECT_THAT(end.status().message(), HasSubstr(plan_.log_path));
  EXPECT_EQ(run_.Record().steps.at("loss").value.size(), 1u);  // until then
}

TEST_F(ProgramRunTest, ADeathHasItsSignal) {
  EXPECT_THAT(Run("kill -KILL $$").status().message(),
              HasSubstr("died by signal 9; it printed nothing"));
}

TEST_F(ProgramRunTest, ALineThatCannotBeReadEndsItWithTheLinesNumber) {
  const auto end = Run(R"(echo '{"step": 1}' >> $BENCH_METRICS
                          echo 'oops' >> $BENCH_METRICS; sleep 1000)");
  EXPECT_EQ(ExitCodeFor(end.status()), ExitCode::kBadData);
  EXPECT_THAT(end.status().message(), HasSubstr(plan_.metrics_path + ":2: no valid JSON"));
}

TEST_F(ProgramRunTest, AProgramThatTakesTooLongIsEnded) {
  plan_.timeout = std::chrono::seconds(1);
  const auto end = Run("echo waiting; sleep 1000");
  EXPECT_EQ(ExitCodeFor(end.status()), ExitCode::kEnvironment);
  EXPECT_THAT(end.status().message(), HasSubstr("did not end in 1 s (program.timeout_s)"));
  EXPECT_THAT(end.status().message(), HasSubstr("waiting"));
}

// It ends by itself, with what it has to save.
TEST_F(ProgramRunTest, AStopSignalIsPassedOnAndWaitedFor) {
  on_look_ = [&] {
    if (Exists(run_.folder() / "ready")) SetStopSignalForTest(SIGINT);
  };
  const auto end = Run("trap 'echo saved; exit 0' TERM; touch " + (run_.folder() / "ready") +
                       "; while true; do sleep 0.05; done");
  EXPECT_TRUE(IsStopped(end.status())) << end.status();
  EXPECT_THAT(*ReadFile(plan_.log_path), HasSubstr("saved"));
}

TEST_F(ProgramRunTest, AProgramThatIgnoresTheSignalIsKilled) {
  plan_.grace = std::chrono::seconds(0);
  on_look_ = [&] {
    if (Exists(run_.folder() / "ready")) SetStopSignalForTest(SIGTERM);
  };
  const auto end =
      Run("trap '' TERM; touch " + (run_.folder() / "ready") + "; while true; do sleep 0.05; done");
  EXPECT_TRUE(IsStopped(end.status())) << end.status();
}

TEST_F(ProgramRunTest, WhatItLeavesRunningIsCountedAndKilled) {
  const auto end = Run("setsid sleep 1000 & exit 0");
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->num_left_running, 1);
}

}  // namespace
}  // namespace bench::harness
