#include "harness/store/remembered_runs.h"

#include <algorithm>

#include "base/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/harness/store/tiny_runs.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using results::RunStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFirst(64, '1');
const std::string kSecond(64, '2');

class Remembered : public ::testing::Test {
 protected:
  Remembered() { fs::create_directories(folder_ / "store/runs_elsewhere"); }

  void Remember(const std::string& run) {
    const absl::Status status = runs_.Remember(run);
    ASSERT_TRUE(status.ok()) << status;
  }
  std::vector<RunPresence> Presences() {
    const auto runs = runs_.List();
    EXPECT_TRUE(runs.ok()) << runs.status();
    std::vector<RunPresence> presences;
    for (const RememberedRun& run : *runs) presences.push_back(run.presence);
    std::sort(presences.begin(), presences.end());
    return presences;
  }

  TempFolder folder_;
  const RememberedRuns runs_{folder_ / "store"};
  const std::string a_ = folder_ / "a";
  const std::string b_ = folder_ / "b";
};

TEST_F(Remembered, ARunIsHereAndNotFoundWhenItWasMoved) {
  RecordRun(a_, "1", RunStatus::kComplete, kFirst);
  Remember(a_);
  const auto runs = *runs_.List();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].folder, a_);
  EXPECT_EQ(runs[0].artifact, kFirst);
  EXPECT_EQ(runs[0].presence, RunPresence::kHere);
  fs::rename(a_, b_);
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kNotFound));
  fs::create_directory(a_);  // a mount point without its disk
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kNotFound));
  ASSERT_TRUE(runs_.Refresh().ok());
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kNotFound));
  Remember(b_);
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kHere, RunPresence::kNotFound));
}

TEST_F(Remembered, AnotherRunInTheFolderTakesNothingFromTheOneThatWasThere) {
  RecordRun(a_, "1", RunStatus::kComplete, kFirst);
  Remember(a_);
  fs::rename(a_, b_);
  RecordRun(a_, "2", RunStatus::kComplete, kSecond);
  Remember(a_);
  ASSERT_TRUE(runs_.Refresh().ok());
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kHere, RunPresence::kAnother));
}

TEST_F(Remembered, TheSameRunThatNamesAnotherArtifactLetsTheFirstGo) {
  RecordRun(a_, "1", RunStatus::kInterrupted, kFirst);
  Remember(a_);
  fs::remove(a_ + "/artifact.sha256");  // it is being continued
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kHere));
  ASSERT_TRUE(NameArtifact(a_, kSecond).ok());
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kMovedOn));
  Remember(a_);
  ASSERT_TRUE(runs_.Refresh().ok());
  const auto runs = *runs_.List();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].artifact, kSecond);
}

TEST_F(Remembered, ForgettingLetsGoOfWhatIsNotThereOnly) {
  RecordRun(a_, "1", RunStatus::kComplete, kFirst);
  Remember(a_);
  EXPECT_EQ(runs_.Forget(a_).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(runs_.Forget(b_).status().code(), absl::StatusCode::kInvalidArgument);
  fs::rename(a_, b_);
  RecordRun(a_, "2", RunStatus::kComplete, kSecond);
  Remember(a_);
  const auto forgotten = runs_.Forget(a_ + "/");
  ASSERT_TRUE(forgotten.ok()) << forgotten.status();
  EXPECT_THAT(*forgotten, ElementsAre(kFirst));
  EXPECT_THAT(Presences(), ElementsAre(RunPresence::kHere));
}

TEST_F(Remembered, OnlyARunWithAnArtifactIs) {
  EXPECT_EQ(runs_.Remember(a_).code(), absl::StatusCode::kInvalidArgument);
  RecordRun(a_, "1", RunStatus::kInterrupted, "");
  EXPECT_EQ(runs_.Remember(a_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Presences(), ElementsAre());
}

TEST_F(Remembered, RunsInTheStoreMoveWithIt) {
  RecordRun(folder_ / "store/runs/x/1", "1", RunStatus::kComplete, kFirst);
  Remember(folder_ / "store/runs/x/1");
  fs::rename(folder_ / "store", folder_ / "other");
  const auto runs = *RememberedRuns(folder_ / "other").List();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].folder, folder_ / "other/runs/x/1");
  EXPECT_EQ(runs[0].presence, RunPresence::kHere);
}

// What earlier versions wrote: the path alone.
TEST_F(Remembered, ANoteOfAPathIsCompletedWhereTheRunIsThere) {
  RecordRun(a_, "1", RunStatus::kComplete, kFirst);
  for (const std::string& run : {a_, b_}) {
    std::ofstream(folder_ / "store/runs_elsewhere/" + Sha256Hex(run)) << run;
  }
  ASSERT_TRUE(runs_.Refresh().ok());
  fs::rename(a_, folder_ / "c");
  const auto runs = *runs_.List();
  ASSERT_EQ(runs.size(), 2u);
  for (const RememberedRun& run : runs) {
    EXPECT_EQ(run.presence, RunPresence::kNotFound);
    EXPECT_EQ(run.artifact, run.folder == a_ ? kFirst : "");
  }
}

TEST_F(Remembered, ADamagedNoteIsADataErrorThatNamesIt) {
  const std::string note = folder_ / "store/runs_elsewhere/" + std::string(64, 'e');
  for (const char* text : {"", "{}", R"({"folder": "/a", "artifact": "1"})", "\xff"}) {
    std::ofstream(note) << text;
    EXPECT_EQ(runs_.List().status().code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_THAT(std::string(runs_.List().status().message()), HasSubstr(note));
  }
}

}  // namespace
}  // namespace bench::harness
