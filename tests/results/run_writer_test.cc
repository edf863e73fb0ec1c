#include "results/run_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/journal.h"
#include "results/record_journal.h"
#include "tests/results/run_writer_steps.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kSha(64, 'a');

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(RunWriter, WhatIsRecordedIsInTheResultsFile) {
  TempFolder folder;
  auto writer = Start(folder / "run");
  Steps(*writer, 1, 2);
  ASSERT_TRUE(writer->Eval({2, 20, 1.5}, {{{&kExactMatch, ""}, 0.25}}).ok());
  ASSERT_TRUE(writer->Eval({2, 20, 1.5}, {{{&kExactMatch, "zh"}, 0.5}}).ok());
  ASSERT_TRUE(writer->Digest(2, "weights", kSha).ok());
  ASSERT_TRUE(writer->TableRow("t", 2, {{"text", "a"}, {"n", int64_t{1}}}).ok());
  ASSERT_TRUE(writer->Sample({&kStepTime, ""}, 0.5).ok());
  ASSERT_TRUE(writer->Range(1, "forward", 3, 0.25, std::nullopt).ok());
  ASSERT_TRUE(writer->Summary({{&kLoss, ""}, 2.0}).ok());
  ASSERT_TRUE(writer->Rank(11, {{&kPeakMemory, ""}, 1.0}).ok());
  ASSERT_TRUE(writer->Rank(11, {{&kPeakMemory, ""}, 2.0}).ok());
  ASSERT_TRUE(writer->Rank(0, {{&kPeakMemory, "weights"}, 3.0}).ok());
  ASSERT_TRUE(writer->Note("artifact", kSha).ok());
  const auto path = writer->Finish(RunStatus::kComplete);
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(*path, folder / "run/results.h5");

  RunRecord expected;
  expected.header = SampleHeader();
  expected.status = RunStatus::kComplete;
  expected.steps["loss"] = {Info(kLoss), {1, 2}, {10, 20}, {0.5, 1.0}, {1.0, 2.0}};
  expected.evals["exact_match"] = {Info(kExactMatch), {2}, {20}, {1.5}, {0.25}};
  expected.evals["exact_match/zh"] = {Info(kExactMatch, "zh"), {2}, {20}, {1.5}, {0.5}};
  expected.digests["weights"] = {{2}, {kSha}};
  expected.tables["t"] = {{"step", "text", "n"}, {{int64_t{2}, "a", int64_t{1}}}};
  expected.samples["step_time"] = {Info(kStepTime), {0.5}};
  expected.ranges["forward"] = {{1}, {3}, {0.25}, {std::nullopt}};
  expected.summary["loss"] = {Info(kLoss), 2.0};
  expected.ranks[11]["peak_memory"] = {Info(kPeakMemory), 2.0};
  expected.ranks[0]["peak_memory/weights"] = {Info(kPeakMemory, "weights"), 3.0};
  expected.notes["artifact"] = kSha;
  expected.attempt_facts[1] = Attempt::Of(SampleHeader());
  EXPECT_EQ(*ReadResults(*path), expected);
  EXPECT_EQ(*RecoverJournal(folder / "run"), expected);  // the journal is kept
}

TEST(RunWriter, OnlyWhatWasFlushedSurvivesAKill) {
  TempFolder folder;
  auto writer = Start(folder.path());
  Steps(*writer, 1, 2);
  ASSERT_TRUE(writer->Flush().ok());
  Steps(*writer, 3, 4);
  ASSERT_TRUE(writer->FlushIfDue().ok());  // it is not due
  const auto record = RecoverJournal(folder.path());
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_THAT(record->steps.at("loss").step, ElementsAre(1, 2));
  EXPECT_EQ(record->status, RunStatus::kInterrupted);
}

TEST(RunWriter, FlushIfDueFlushesOnceTheIntervalHasPassed) {
  TempFolder folder;
  auto writer = Start(folder.path(), /*flush_interval_s=*/0);
  Steps(*writer, 1, 1);
  ASSERT_TRUE(writer->FlushIfDue().ok());
  EXPECT_THAT(RecoverJournal(folder.path())->steps.at("loss").step, ElementsAre(1));
}

TEST(RunWriter, AResumedRunReplacesTheStepsItReplays) {
  TempFolder folder;
  {
    auto writer = Start(folder.path());
    Steps(*writer, 1, 5);
    ASSERT_TRUE(writer->Finish(RunStatus::kInterrupted).ok());
  }
  auto writer = Resume(folder.path(), 3);
  EXPECT_EQ(writer->attempt(), 2);
  EXPECT_EQ(writer->torn_bytes(), 0);
  Steps(*writer, 4, 6, 100);
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_THAT(record->steps.at("loss").value, ElementsAre(1, 2, 3, 104, 105, 106));
  EXPECT_EQ(record->status, RunStatus::kComplete);
  EXPECT_EQ(record->attempts, 2);
  EXPECT_THAT(record->resumed_from, ElementsAre(3));
}

// Fault 3, at the level of a run.
TEST(RunWriter, CutAtEveryByteOfItsLastThreeFramesTheJournalKeepsItsPrefix) {
  TempFolder folder;
  std::vector<size_t> ends;  // of the journal after each step
  {
    auto writer = Start(folder.path());
    for (int64_t s = 1; s <= 6; ++s) {
      Steps(*writer, s, s);
      ASSERT_TRUE(writer->Flush().ok());
      ends.push_back(ReadFile(JournalPath(folder.path()))->size());
    }
  }
  const std::string bytes = *ReadFile(JournalPath(folder.path()));
  for (size_t cut = ends[2]; cut < bytes.size(); ++cut) {
    const size_t whole = cut < ends[3] ? 3 : cut < ends[4] ? 4 : 5;
    const auto torn = static_cast<int64_t>(cut - ends[whole - 1]);
    const auto record = RecordFromJournal(bytes.substr(0, cut));
    ASSERT_TRUE(record.ok()) << cut << record.status();
    ASSERT_EQ(record->steps.at("loss").step.size(), whole) << cut;
    ASSERT_EQ(record->torn_bytes, torn) << cut;
    if (cut % 5 != 0) continue;  // resuming takes fsyncs

    TempFolder copy;
    ASSERT_TRUE(PublishFile(JournalPath(copy.path()), bytes.substr(0, cut)).ok());

    auto writer = Resume(copy.path(), static_cast<int64_t>(whole));
    ASSERT_EQ(writer->torn_bytes(), torn) << cut;
    Steps(*writer, static_cast<int64_t>(whole) + 1, 7);
    ASSERT_TRUE(writer->Flush().ok());
    const auto resumed = RecoverJournal(copy.path());
    ASSERT_EQ(resumed->steps.at("loss").step.size(), 7u) << cut;
    ASSERT_EQ(resumed->torn_bytes, torn) << cut;  // still reported
  }
}

TEST(RunWriter, AFlippedBitInItsLastThreeFramesEndsThePrefixThere) {
  TempFolder folder;
  std::vector<size_t> ends;
  {
    auto writer = Start(folder.path());
    for (int64_t s = 1; s <= 6; ++s) {
      Steps(*writer, s, s);
      ASSERT_TRUE(writer->Flush().ok());
      ends.push_back(ReadFile(JournalPath(folder.path()))->size());
    }
  }
  const std::string bytes = *ReadFile(JournalPath(folder.path()));
  for (size_t bit = ends[2] * 8; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const size_t whole = bit / 8 < ends[3] ? 3 : bit / 8 < ends[4] ? 4 : 5;
    const auto record = RecordFromJournal(flipped);
    ASSERT_TRUE(record.ok()) << bit << record.status();
    ASSERT_EQ(record->steps.at("loss").step.size(), whole) << bit;
    ASSERT_EQ(record->torn_bytes, static_cast<int64_t>(bytes.size() - ends[whole - 1])) << bit;
  }
}

TEST(RunWriter, DiscardingOneTakesRowsAndLeavesNoResults) {
  const auto writer = RunWriter::Discarding();
  EXPECT_TRUE(writer->Step({1, 10, 0.5}, {{{&kLoss, ""}, 2.0}}).ok());
  EXPECT_TRUE(writer->Rank(1, {{&kPeakMemory, ""}, 2.0}).ok());
  EXPECT_TRUE(writer->Flush().ok());
  EXPECT_EQ(ExitCodeFor(writer->Finish(RunStatus::kComplete).status()), ExitCode::kUsage);
}

TEST(RunWriter, ResumeStartsWhereThereIsNoJournal) {
  TempFolder folder;
  EXPECT_EQ(Resume(folder / "absent", 0)->attempt(), 1);
  EXPECT_TRUE(RecoverJournal(folder / "absent").ok());
}

TEST(RunWriter, CreateRefusesAnOccupiedFolder) {
  TempFolder folder;
  (void)Start(folder.path());
  const auto again = RunWriter::Create(folder.path(), SampleHeader(), 1);
  EXPECT_EQ(ExitCodeFor(again.status()), ExitCode::kEnvironment);
  EXPECT_THAT(Message(again.status()), HasSubstr(folder.path()));
}

TEST(RunWriter, ResumeRefusesTheJournalOfAnotherRun) {
  TempFolder folder;
  (void)Start(folder.path());
  const std::string bytes = *ReadFile(JournalPath(folder.path()));
  RunHeader definition = SampleHeader();
  RunHeader recipe = SampleHeader();
  RunHeader replicate = SampleHeader();
  definition.definition_sha256[0] = '0';
  recipe.recipe_key[0] = '0';
  replicate.replicate = 7;
  for (const RunHeader& header : {definition, recipe, replicate}) {
    const auto writer = RunWriter::Resume(folder.path(), header, 0, 1);
    EXPECT_EQ(ExitCodeFor(writer.status()), ExitCode::kEnvironment);
  }
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), bytes);
}

TEST(RunWriter, ResumeRefusesWhatIsNoJournal) {
  TempFolder folder;
  const std::string junk(100, '\xFF');
  ASSERT_TRUE(PublishFile(JournalPath(folder.path()), junk).ok());
  const auto writer = RunWriter::Resume(folder.path(), SampleHeader(), 0, 1);
  EXPECT_EQ(ExitCodeFor(writer.status()), ExitCode::kBadData);
  EXPECT_EQ(*ReadFile(JournalPath(folder.path())), junk);
}

TEST(RunWriter, RecoverySaysWhereThereIsNoJournal) {
  TempFolder folder;
  const auto record = RecoverJournal(folder.path());
  EXPECT_EQ(ExitCodeFor(record.status()), ExitCode::kBadData);
  EXPECT_THAT(Message(record.status()), HasSubstr(folder.path()));
}

TEST(RunWriter, RefusesValuesOfRanksThatTheRunHasNot) {
  TempFolder folder;
  auto writer = Start(folder.path());
  for (const int64_t rank : {int64_t{-1}, SampleHeader().world_size}) {
    const absl::Status status = writer->Rank(rank, {{&kPeakMemory, ""}, 1.0});
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(Message(status), HasSubstr("peak_memory, in a run of 12 processes"));
  }
  EXPECT_TRUE(ReadResults(*writer->Finish(RunStatus::kComplete))->ranks.empty());
}

TEST(RunWriter, ValuesOfRanksOutliveAResume) {
  TempFolder folder;
  {
    auto writer = Start(folder.path());
    ASSERT_TRUE(writer->Rank(0, {{&kPeakMemory, ""}, 1.0}).ok());
    ASSERT_TRUE(writer->Rank(1, {{&kPeakMemory, ""}, 2.0}).ok());
    ASSERT_TRUE(writer->Flush().ok());
  }
  auto writer = Resume(folder.path(), 0);
  ASSERT_TRUE(writer->Rank(1, {{&kPeakMemory, ""}, 3.0}).ok());
  EXPECT_EQ(ExitCodeFor(writer->Rank(12, {{&kPeakMemory, ""}, 3.0})), ExitCode::kUsage);
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->ranks.at(0).at("peak_memory").value, 1);
  EXPECT_EQ(record->ranks.at(1).at("peak_memory").value, 3);
}

TEST(RunWriter, RefusesRowsThatContradictTheirTable) {
  TempFolder folder;
  auto writer = Start(folder.path());
  ASSERT_TRUE(writer->TableRow("t", 1, {{"a", int64_t{1}}}).ok());
  EXPECT_TRUE(writer->TableRow("t", 2, {{"a", 1.5}}).ok());
  EXPECT_EQ(ExitCodeFor(writer->TableRow("t", 2, {{"b", 1.5}})), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(writer->TableRow("t", {}, {{"a", 1.5}})), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(writer->TableRow("t", 2, {{"a", "text"}})), ExitCode::kUsage);
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  EXPECT_EQ(record->tables.at("t").rows,
            (std::vector<std::vector<Cell>>{{int64_t{1}, 1.0}, {int64_t{2}, 1.5}}));
}

TEST(RunWriter, TablesKeepTheirColumnsOverAResume) {
  TempFolder folder;
  {
    auto writer = Start(folder.path());
    ASSERT_TRUE(writer->TableRow("kept", 1, {{"a", 1.0}}).ok());
    ASSERT_TRUE(writer->TableRow("dropped", 5, {{"a", 1.0}}).ok());
    ASSERT_TRUE(writer->TableRow("whole", {}, {{"a", 1.0}}).ok());
    ASSERT_TRUE(writer->Flush().ok());
  }
  auto writer = Resume(folder.path(), 2);
  EXPECT_FALSE(writer->TableRow("kept", 3, {{"b", 1.0}}).ok());
  EXPECT_TRUE(writer->TableRow("kept", 3, {{"a", 2.0}}).ok());
  EXPECT_TRUE(writer->TableRow("dropped", 3, {{"b", 1.0}}).ok());  // no row of it is left
  EXPECT_TRUE(writer->TableRow("whole", {}, {{"b", 1.0}}).ok());   // replaces all its rows
  EXPECT_FALSE(writer->TableRow("whole", {}, {{"c", 1.0}}).ok());
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->tables.at("kept").rows.size(), 2u);
  EXPECT_THAT(record->tables.at("whole").columns, ElementsAre("b"));
}

// Killed between its last checkpoint and its end: the last step's rows, here all there are, are
// recorded once more.
TEST(RunWriter, ATableWhoseRowsAreAllRecordedAgainHasItsColumnsOnce) {
  TempFolder folder;
  {
    auto writer = Start(folder.path());
    ASSERT_TRUE(writer->TableRow("t", 4, {{"text", "old"}, {"n", int64_t{1}}}).ok());
    ASSERT_TRUE(writer->Flush().ok());
  }
  auto writer = Resume(folder.path(), 4);
  ASSERT_TRUE(writer->TableRow("t", 4, {{"text", "new"}, {"n", int64_t{2}}}).ok());
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_THAT(record->tables.at("t").columns, ElementsAre("step", "text", "n"));
  EXPECT_EQ(record->tables.at("t").rows,
            (std::vector<std::vector<Cell>>{{int64_t{4}, "new", int64_t{2}}}));
}

TEST(RunWriter, RefusesDigestsThatAreNone) {
  TempFolder folder;
  auto writer = Start(folder.path());
  EXPECT_FALSE(writer->Digest(1, "weights", "abc").ok());
  EXPECT_FALSE(writer->Digest(1, "weights", std::string(64, 'A')).ok());
  EXPECT_FALSE(writer->Digest(1, "step", kSha).ok());  // the scale's name
}

TEST(RunWriter, RefusesNamesThatAnAttributeCannotHave) {
  TempFolder folder;
  EXPECT_FALSE(Start(folder / "a")->Note("", true).ok());
  RunHeader header = SampleHeader();
  header.provenance[""] = true;
  EXPECT_EQ(ExitCodeFor(RunWriter::Create(folder / "b", header, 1).status()), ExitCode::kUsage);
}

TEST(RunWriter, ANonFiniteLossMakesTheRunDiverged) {
  TempFolder folder;
  auto writer = Start(folder.path());
  ASSERT_TRUE(writer->Step({1, 10, 0.5}, {{{&kLoss, ""}, std::nan("")}}).ok());
  const auto record = ReadResults(*writer->Finish(RunStatus::kComplete));
  EXPECT_EQ(record->status, RunStatus::kDiverged);
}

}  // namespace
}  // namespace bench::results
