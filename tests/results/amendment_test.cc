#include "results/amendment.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/metrics.h"
#include "results/run_writer.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

const Table kFound = {{"range", "call", "count", "total_s"},
                      {{"forward", "read", int64_t{3}, 0.5}, {"", "poll", int64_t{1}, 0.25}}};

// A run of one step and one table, ended as `status`.
void LeaveRun(const std::string& folder, RunStatus status) {
  auto writer = RunWriter::Create(folder, SampleHeader(), 5);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE((*writer)->Step({1, 10, 0.5}, {{{&kLoss, ""}, 2.5}}).ok());
  ASSERT_TRUE((*writer)->TableRow("data", std::nullopt, {{"rows", int64_t{7}}}).ok());
  ASSERT_TRUE((*writer)->Finish(status).ok());
}

TEST(Amendment, TablesJoinTheJournalAndTheResultsAndNothingElseChanges) {
  const TempFolder temp;
  const std::string folder = temp / "run";
  LeaveRun(folder, RunStatus::kInterrupted);
  RunRecord expected = *RecoverJournal(folder);
  ASSERT_TRUE(AddTables(folder, {{"profile_os_calls", kFound}}).ok());
  expected.tables["profile_os_calls"] = kFound;
  EXPECT_EQ(*RecoverJournal(folder), expected);
  EXPECT_EQ(*ReadResultsIsolated(folder + "/results.h5"), expected);
}

TEST(Amendment, ATableThatIsThereIsRefusedAndKept) {
  const TempFolder temp;
  const std::string folder = temp / "run";
  LeaveRun(folder, RunStatus::kComplete);
  const RunRecord before = *RecoverJournal(folder);
  const absl::Status again = AddTables(folder, {{"data", kFound}});
  EXPECT_TRUE(absl::IsInvalidArgument(again)) << again;
  EXPECT_EQ(*RecoverJournal(folder), before);
  EXPECT_EQ(*ReadResultsIsolated(folder + "/results.h5"), before);
}

TEST(Amendment, RowsOfTwoShapesAreRefusedBeforeTheJournalIsTouched) {
  const TempFolder temp;
  const std::string folder = temp / "run";
  LeaveRun(folder, RunStatus::kComplete);
  const std::string journal = *ReadFile(JournalPath(folder));
  Table mixed = kFound;
  mixed.rows[1][1] = int64_t{5};  // a number where the first row has a text
  const absl::Status added = AddTables(folder, {{"profile_os_calls", mixed}});
  EXPECT_TRUE(absl::IsInvalidArgument(added)) << added;
  EXPECT_EQ(*ReadFile(JournalPath(folder)), journal);
}

TEST(Amendment, ADamagedJournalIsLeftAsItIs) {
  const TempFolder temp;
  const std::string folder = temp / "run";
  LeaveRun(folder, RunStatus::kComplete);
  std::string journal = *ReadFile(JournalPath(folder));
  journal.back() = static_cast<char>(journal.back() ^ 1);
  ASSERT_TRUE(PublishFile(JournalPath(folder), journal).ok());
  const absl::Status added = AddTables(folder, {{"profile_os_calls", kFound}});
  EXPECT_TRUE(absl::IsDataLoss(added)) << added;
  EXPECT_EQ(*ReadFile(JournalPath(folder)), journal);
}

}  // namespace
}  // namespace bench::results
