#include "harness/run/replicates.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/run/failure.h"
#include "results/run_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(WorseExitCode, OrdersByHowMuchTheResultCanBeTrusted) {
  EXPECT_EQ(WorseExitCode(0, 3), 3);
  EXPECT_EQ(WorseExitCode(1, 3), 1);
  EXPECT_EQ(WorseExitCode(1, 2), 2);
  EXPECT_EQ(WorseExitCode(4, 2), 4);
  EXPECT_EQ(WorseExitCode(4, 5), 5);
  EXPECT_EQ(WorseExitCode(143, 5), 143);
  EXPECT_EQ(WorseExitCode(0, 0), 0);
}

using ::testing::HasSubstr;

// What a replicate leaves.
class ReplicateReason : public ::testing::Test {
 protected:
  void Begin() {
    results::RunHeader header;
    header.experiment = "test";
    header.definition_sha256 = std::string(64, 'a');
    writer_ = AttemptsIn(path()) == 0 ? *results::RunWriter::Create(path(), header, 5)
                                      : *results::RunWriter::Resume(path(), header, 0, 5);
  }
  std::string path() const { return folder_ / "r0"; }

  const TempFolder folder_;
  std::unique_ptr<results::RunWriter> writer_;
};

TEST_F(ReplicateReason, IsTheErrorThatItsResultsHold) {
  Begin();
  FailRun(DataError("rows.jsonl:7: no \x1b[2J"), *writer_).IgnoreError();
  EXPECT_EQ(ReasonOf(4, path(), 0), "rows.jsonl:7: no \\x1b[2J");
}

TEST_F(ReplicateReason, IsItsStatusWhereThereWasNoError) {
  Begin();
  EXPECT_EQ(ReasonOf(5, path(), 0), "interrupted");
  ASSERT_TRUE(writer_->Finish(results::RunStatus::kDiverged).ok());
  EXPECT_EQ(ReasonOf(1, path(), 0), "diverged");
  Begin();
  ASSERT_TRUE(writer_->Finish(results::RunStatus::kComplete).ok());
  EXPECT_EQ(ReasonOf(1, path(), 1), "outside the acceptance bounds");
  EXPECT_THAT(ReasonOf(5, path(), 1), HasSubstr("complete, but"));
}

TEST_F(ReplicateReason, IsTheSignalThatEndedIt) {
  EXPECT_EQ(ReasonOf(137, path(), 0), "ended by signal 9");
}

TEST_F(ReplicateReason, IsNeverThatOfAnEarlierRunInTheFolder) {
  EXPECT_EQ(AttemptsIn(path()), 0);
  EXPECT_THAT(ReasonOf(5, path(), 0), HasSubstr("did not begin"));
  Begin();
  FailRun(DataError("an old error"), *writer_).IgnoreError();
  EXPECT_EQ(AttemptsIn(path()), 1);
  EXPECT_THAT(ReasonOf(5, path(), 1), HasSubstr("did not begin"));
}

}  // namespace
}  // namespace bench::harness
