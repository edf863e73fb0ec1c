#include "trials/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "tests/support/temp_folder.h"

namespace bench::trials {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RunTrialTest : public ::testing::Test {
 protected:
  ArmProgram Arm(const std::string& name, const std::string& seconds,
                 std::vector<std::string> more = {}) {
    ArmProgram arm = {name, {FAKE_RUN_PROGRAM, seconds}, {{"FAKE_RUN_LOG", folder_ / "log"}}};
    arm.command.insert(arm.command.end(), more.begin(), more.end());
    return arm;
  }
  TrialOptions Options(int64_t replicates) {
    TrialOptions options;
    options.folder = folder_ / "trial";
    options.replicates = replicates;
    options.note = [](const std::string&) {};
    return options;
  }
  // Folders of the runs so far, in their order, from "base/r0" on.
  std::vector<std::string> Runs() {
    std::vector<std::string> runs;
    std::ifstream log(folder_ / "log");
    for (std::string line; std::getline(log, line);) {
      runs.push_back(line.substr((folder_ / "trial/").size()));
    }
    return runs;
  }

  TempFolder folder_;
};

TEST_F(RunTrialTest, FindsASlowerArm) {
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "1.2"), Options(8));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->replicates, 8);
  EXPECT_EQ(result->comparison.exit_code(), ExitCode::kRegressed);
  EXPECT_EQ(result->comparison.base.path, "a");
  EXPECT_EQ(result->comparison.head.num_runs, 8);
  EXPECT_THAT(result->base.runs, SizeIs(8));
  EXPECT_THAT(result->head.runs, SizeIs(8));
  EXPECT_THAT(Runs(), SizeIs(16));
  EXPECT_TRUE(Exists(folder_ / "trial/base/r0.log"));
}

// Half the time is decided long before the last of 40 replicates.
TEST_F(RunTrialTest, EndsAtTheLookThatDecides) {
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "0.5"), Options(40));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->comparison.exit_code(), ExitCode::kOk);
  EXPECT_LT(result->replicates, 40);
  EXPECT_FALSE(result->out_of_time);
}

TEST_F(RunTrialTest, GoesOnWithTheRunsThatAreComplete) {
  int asked = 0;
  TrialOptions options = Options(4);
  options.note = [&](const std::string&) { ++asked; };
  options.cancelled = [&] { return asked >= 3; };
  EXPECT_TRUE(IsStopped(RunTrial(Arm("a", "1"), Arm("b", "1"), options).status()));
  const std::vector<std::string> before = Runs();
  // As a run that a signal ended leaves them: results that are not complete.
  const std::string first = before.front();
  results::RunRecord record = *results::ReadResults(folder_ / ("trial/" + first + "/results.h5"));
  record.status = results::RunStatus::kInterrupted;
  ASSERT_TRUE(results::WriteResults(record, folder_ / ("trial/" + first + "/results.h5")).ok());
  options.cancelled = nullptr;
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "1"), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->replicates, 4);
  const std::vector<std::string> runs = Runs();
  EXPECT_EQ(std::count(runs.begin(), runs.end(), first), 2);
  EXPECT_LE(runs.size(), 10U);  // that one, and perhaps one that was cut off
}

TEST_F(RunTrialTest, AProgramThatWasBuiltAnewIsAnotherTrial) {
  const std::string copy = folder_ / "program";
  std::filesystem::copy_file(FAKE_RUN_PROGRAM, copy);
  ArmProgram own = Arm("a", "1");
  own.command[0] = copy;
  ASSERT_TRUE(RunTrial(own, Arm("b", "1"), Options(2)).ok());
  std::ofstream(copy, std::ios::app) << "x";
  const auto again = RunTrial(own, Arm("b", "1"), Options(2));
  EXPECT_EQ(ExitCodeFor(again.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("program_sha256"));
}

TEST_F(RunTrialTest, WhatNoReplicateWouldChangeIsSaidAfterTheFirstBlock) {
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "1", {"--threads", "7"}), Options(20));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->replicates, 2);
  EXPECT_EQ(result->comparison.exit_code(), ExitCode::kIncomparable);
  EXPECT_THAT(Runs(), SizeIs(4));
}

// Stages that differ are no obstacle where that was asked for: all replicates are run and shown.
TEST_F(RunTrialTest, ArmsOfOtherStagesAreRunToTheEndAndNeverPass) {
  TrialOptions options = Options(4);
  options.compare.asked.whole_definition = true;
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "2", {"--stage", "program"}), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->replicates, 4);
  EXPECT_TRUE(result->comparison.comparability.side_by_side);
  EXPECT_EQ(result->comparison.exit_code(), ExitCode::kIncomparable);
  EXPECT_THAT(result->comparison.rows, SizeIs(2));  // step_time and loss
}

TEST_F(RunTrialTest, AFolderIsOfOneTrial) {
  ASSERT_TRUE(RunTrial(Arm("a", "1"), Arm("b", "1"), Options(2)).ok());
  const auto other = RunTrial(Arm("a", "1"), Arm("c", "1"), Options(2));
  EXPECT_EQ(ExitCodeFor(other.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("another comparison"));

  ASSERT_TRUE(MakeFolders(folder_ / "mine").ok());
  ASSERT_TRUE(PublishFile(folder_ / "mine/notes.txt", "").ok());
  TrialOptions options = Options(2);
  options.folder = folder_ / "mine";
  const auto foreign = RunTrial(Arm("a", "1"), Arm("b", "1"), options);
  EXPECT_EQ(ExitCodeFor(foreign.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(foreign.status().message()), HasSubstr("notes.txt"));
}

TEST_F(RunTrialTest, ARunThatFailsIsNamedWithItsReason) {
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "1", {"--fail", "1"}), Options(2));
  EXPECT_EQ(ExitCodeFor(result.status()), ExitCode::kEnvironment);
  const std::string message(result.status().message());
  EXPECT_THAT(message, HasSubstr("head replicate 1 left no results (exit code 4)"));
  EXPECT_THAT(message, HasSubstr("the data are bad"));
}

TEST_F(RunTrialTest, TimeThatIsOverEndsItAfterAWholeBlock) {
  TrialOptions options = Options(20);
  options.max_minutes = 1e-6;
  const auto result = RunTrial(Arm("a", "1"), Arm("b", "1"), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->out_of_time);
  EXPECT_EQ(result->replicates, 2);
  EXPECT_THAT(Runs(), SizeIs(4));
}

}  // namespace
}  // namespace bench::trials
