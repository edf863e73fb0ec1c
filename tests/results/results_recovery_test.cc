#include "results/results_recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/journal.h"
#include "results/run_writer.h"
#include "tests/results/run_writer_steps.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

class ResultsRecovery : public ::testing::Test {
 protected:
  // A run of `steps` steps that ended so.
  void Run(int64_t steps, RunStatus status) {
    auto writer = Start(run_);
    Steps(*writer, 1, steps);
    ASSERT_TRUE(writer->Finish(status).ok());
  }
  // Cuts the journal to its first frames, as a flipped bit in the next one does for every reader.
  void FlipABitBehind(size_t num_frames) {
    std::string bytes = Bytes(journal_);
    size_t at = 0;
    const JournalFrames frames = SplitFrames(bytes);
    ASSERT_GT(frames.payloads.size(), num_frames);
    for (size_t i = 0; i < num_frames; ++i) at += 8 + frames.payloads[i].size();
    bytes[at + 9] ^= 1;
    ASSERT_TRUE(PublishFile(journal_, bytes).ok());
  }
  static std::string Bytes(const std::string& path) { return ReadFile(path).value_or("(absent)"); }

  void ExpectKept(ExitCode code, const std::string& what) {
    const std::string before = Bytes(results_);
    const auto recovery = RecoverResults(run_);
    EXPECT_EQ(ExitCodeFor(recovery.status()), code) << recovery.status();
    EXPECT_THAT(std::string(recovery.status().message()), HasSubstr(what));
    EXPECT_THAT(std::string(recovery.status().message()), HasSubstr("left as it is"));
    EXPECT_EQ(Bytes(results_), before);
    EXPECT_TRUE(ReadResults(results_).ok());
  }

  TempFolder folder_;
  const std::string run_ = folder_ / "run";
  const std::string results_ = folder_ / "run/results.h5";
  const std::string journal_ = folder_ / "run/run.journal";
};

TEST_F(ResultsRecovery, AWholeFileThatTheJournalEqualsIsLeftAlone) {
  Run(3, RunStatus::kComplete);
  const std::string before = Bytes(results_);
  const auto recovery = RecoverResults(run_);
  ASSERT_TRUE(recovery.ok()) << recovery.status();
  EXPECT_EQ(recovery->path, results_);
  EXPECT_EQ(recovery->note, "");
  EXPECT_EQ(Bytes(results_), before);
}

TEST_F(ResultsRecovery, AWholeFileIsNotReplacedByWhatADamagedJournalStillHolds) {
  for (const RunStatus status : {RunStatus::kComplete, RunStatus::kInterrupted}) {
    for (const size_t num_frames : {size_t{1}, size_t{3}}) {
      ASSERT_TRUE(RemoveTree(run_).ok());
      Run(5, status);
      FlipABitBehind(num_frames);
      ExpectKept(ExitCode::kBadData, "the journal is damaged");
    }
  }
}

TEST_F(ResultsRecovery, AWholeFileIsNotReplacedWhereTheJournalHasNoFrameOrIsGone) {
  Run(5, RunStatus::kComplete);
  FlipABitBehind(0);
  ExpectKept(ExitCode::kBadData, "whole");
  ASSERT_TRUE(RemoveTree(journal_).ok());
  ExpectKept(ExitCode::kBadData, "whole");
}

// The end is the last frame: a complete journal that lost it looks like one of a run that goes on.
TEST_F(ResultsRecovery, ACompleteFileIsNotReplacedByAnInterruptedOneWithTheSameRows) {
  Run(5, RunStatus::kComplete);
  std::string bytes = Bytes(journal_);
  const size_t end = SplitFrames(bytes).payloads.back().size() + 8;
  ASSERT_TRUE(PublishFile(journal_, bytes.substr(0, bytes.size() - end)).ok());
  ExpectKept(ExitCode::kEnvironment, "complete, step 5");
}

TEST_F(ResultsRecovery, ADamagedFileIsReplacedByACompleteJournal) {
  Run(5, RunStatus::kComplete);
  const std::string whole = Bytes(results_);
  ASSERT_TRUE(PublishFile(results_, whole.substr(0, whole.size() / 2)).ok());
  const auto recovery = RecoverResults(run_);
  ASSERT_TRUE(recovery.ok()) << recovery.status();
  EXPECT_THAT(recovery->note, HasSubstr("could not be read"));
  EXPECT_EQ(Bytes(results_), whole);
  EXPECT_FALSE(Exists(results_ + ".damaged"));
}

TEST_F(ResultsRecovery, OfADamagedFileAndADamagedJournalBothStay) {
  for (const char* aside : {".damaged", ".damaged.2"}) {
    ASSERT_TRUE(RemoveTree(journal_).ok() && RemoveTree(results_).ok() &&
                RemoveTree(results_ + ".sha256").ok());
    Run(5, RunStatus::kComplete);
    FlipABitBehind(4);
    std::string damaged = Bytes(results_);
    damaged[damaged.size() / 2] ^= 1;
    ASSERT_TRUE(PublishFile(results_, damaged).ok());
    const auto recovery = RecoverResults(run_);
    ASSERT_TRUE(recovery.ok()) << recovery.status();
    EXPECT_THAT(recovery->note, HasSubstr(aside));
    EXPECT_EQ(Bytes(results_ + aside), damaged);
    const auto record = ReadResults(results_);
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(record->status, RunStatus::kInterrupted);
    EXPECT_GT(record->torn_bytes, 0);
  }
}

TEST_F(ResultsRecovery, ALaterAttemptReplacesAFileWhenItHasComeAsFar) {
  Run(5, RunStatus::kInterrupted);
  auto writer = Resume(run_, 2);
  Steps(*writer, 3, 4);
  ASSERT_TRUE(writer->Flush().ok());
  ExpectKept(ExitCode::kEnvironment, "--resume");
  Steps(*writer, 5, 5);
  ASSERT_TRUE(writer->Flush().ok());
  const auto recovery = RecoverResults(run_);
  ASSERT_TRUE(recovery.ok()) << recovery.status();
  EXPECT_EQ(ReadResults(results_)->attempts, 2);
}

TEST_F(ResultsRecovery, FinishMakesNoFileOfAJournalThatWasDamagedMeanwhile) {
  Run(3, RunStatus::kInterrupted);
  const std::string before = Bytes(results_);
  auto writer = Resume(run_, 3);
  Steps(*writer, 4, 5);
  ASSERT_TRUE(writer->Flush().ok());
  std::string bytes = Bytes(journal_);
  bytes[bytes.size() / 2] ^= 1;
  {
    // In place: the writer appends to this very file.
    FILE* file = std::fopen(journal_.c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fclose(file);
  }
  const absl::Status status = writer->Finish(RunStatus::kComplete).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
  EXPECT_EQ(Bytes(results_), before);
}

TEST(Supersedes, NothingLessTakesThePlaceOfACompleteRecord) {
  RunRecord complete = SampleRecord();
  complete.status = RunStatus::kComplete;
  EXPECT_TRUE(Supersedes(complete, complete));
  RunRecord other = complete;
  other.attempts += 1;
  other.status = RunStatus::kInterrupted;
  EXPECT_FALSE(Supersedes(other, complete));
  other = complete;
  other.summary.erase(other.summary.begin());
  EXPECT_FALSE(Supersedes(other, complete));
  EXPECT_TRUE(Supersedes(complete, other));
}

}  // namespace
}  // namespace bench::results
