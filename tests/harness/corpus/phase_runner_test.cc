#include "harness/corpus/phase_runner.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "base/file.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/stop_request.h"

namespace bench::corpus {
namespace {

class PhaseRunnerTest : public testing::Test {
 protected:
  // Of each part that is made a file, whose text is `text` and the part's number.
  PhaseRunner::PartWork Writes(const std::string& text) {
    return [this, text](int part) -> absl::StatusOr<PartOutcome> {
      {
        const std::lock_guard lock(mutex_);
        made_.insert(part);
      }
      PartOutcome outcome;
      outcome.made = {absl::StrCat(plan_.folder, "/", part)};
      outcome.result = Packed(int64_t{part} * 10);
      outcome.read_bytes = 5;
      BENCH_RETURN_IF_ERROR(PublishFile(outcome.made[0], absl::StrCat(text, part)));
      return outcome;
    };
  }
  std::set<int> Made() { return std::exchange(made_, {}); }

  CorpusFixture corpus_;
  const CorpusPlan plan_ = corpus_.Plan(/*num_threads=*/2);
  std::mutex mutex_;
  std::set<int> made_;
};

TEST_F(PhaseRunnerTest, ARankMakesItsShareAndAllSeeTheResults) {
  // Rank 1 has been here, and its barrier waits for nobody.
  const auto passes = [](const absl::Status& own) { return own; };
  PhaseRunner second(plan_, nullptr, {1, 3, passes});
  EXPECT_FALSE(second.Run("phase", 7, Writes("x")).ok());  // those of ranks 0 and 2 are missing
  EXPECT_EQ(Made(), (std::set<int>{1, 4}));
  PhaseRunner third(plan_, nullptr, {2, 3, passes});
  EXPECT_FALSE(third.Run("phase", 7, Writes("x")).ok());
  EXPECT_EQ(Made(), (std::set<int>{2, 5}));
  PhaseRunner first(plan_, nullptr, {0, 3, passes});
  ASSERT_TRUE(first.Run("phase", 7, Writes("x")).ok());
  EXPECT_EQ(Made(), (std::set<int>{0, 3, 6}));
  std::vector<int64_t> results;
  ASSERT_TRUE(
      MergeResults<int64_t>(first, "phase", [&](int64_t value) { results.push_back(value); }).ok());
  EXPECT_EQ(results, (std::vector<int64_t>{0, 10, 20, 30, 40, 50, 60}));
  ASSERT_EQ(first.figures().size(), 1u);
  EXPECT_EQ(first.figures()[0].num_parts, 7);
  EXPECT_EQ(first.figures()[0].num_kept, 0);
  EXPECT_EQ(first.figures()[0].read_bytes, 35);
  EXPECT_EQ(first.figures()[0].written_bytes, 14);  // "x0" ...
}

TEST_F(PhaseRunnerTest, WhatIsFinishedIsKeptByTheNextAttemptOfAnyNumberOfRanks) {
  PhaseRunner before(plan_);
  ASSERT_TRUE(before.Run("phase", 5, Writes("x")).ok());
  Made();
  ASSERT_TRUE(RemoveTree(PartRecordPath(plan_.folder, "phase", 3)).ok());
  PhaseRunner after(plan_, nullptr, {}, {{}, 1, 2});
  ASSERT_TRUE(after.Run("phase", 5, Writes("x")).ok());
  EXPECT_EQ(Made(), (std::set<int>{3}));
  EXPECT_EQ(after.figures()[0].num_kept, 4);
}

TEST_F(PhaseRunnerTest, PartsOfAnotherRecipeAreMadeAgain) {
  PhaseRunner before(plan_);
  ASSERT_TRUE(before.Run("phase", 3, Writes("x")).ok());
  Made();
  PhaseRunner other(plan_, nullptr, {}, {{1, 1}, 1, 2});
  ASSERT_TRUE(other.Run("phase", 3, Writes("x")).ok());
  EXPECT_EQ(Made(), (std::set<int>{0, 1, 2}));
}

TEST_F(PhaseRunnerTest, PartsOfOtherResultsOfThePhaseBeforeAreMadeAgain) {
  const auto run = [&](const std::string& text) {
    PhaseRunner runner(plan_);
    EXPECT_TRUE(runner.Run("first", 2, Writes(text)).ok());
    Made();
    EXPECT_TRUE(runner.Run("second", 2, Writes("y")).ok());
    return Made().size();
  };
  EXPECT_EQ(run("x"), 2u);
  EXPECT_EQ(run("x"), 0u);
  ASSERT_TRUE(RemoveTree(plan_.folder + "/done/first").ok());
  EXPECT_EQ(run("z"), 2u);
}

TEST_F(PhaseRunnerTest, WhatAPartHasConsumedGoesWhenItIsOnRecord) {
  const std::string consumed = plan_.folder + "/consumed";
  ASSERT_TRUE(PublishFile(consumed, "x").ok());
  PhaseRunner runner(plan_);
  ASSERT_TRUE(runner
                  .Run("phase", 1,
                       [&](int) -> absl::StatusOr<PartOutcome> {
                         EXPECT_FALSE(Exists(PartRecordPath(plan_.folder, "phase", 0)));
                         PartOutcome outcome;
                         outcome.consumed = {consumed};
                         return outcome;
                       })
                  .ok());
  EXPECT_FALSE(Exists(consumed));
}

TEST_F(PhaseRunnerTest, APartWhoseRecordIsDamagedAndWhoseInputsAreGoneMustBeginAnew) {
  const auto cannot = [](int) -> absl::StatusOr<PartOutcome> {
    return EnvironmentError("cannot open shard 0");
  };
  PhaseRunner first(plan_);
  EXPECT_EQ(first.Run("phase", 1, cannot).message(), "cannot open shard 0");
  ASSERT_TRUE(MakeFolders(plan_.folder + "/done/phase").ok());
  ASSERT_TRUE(PublishFile(PartRecordPath(plan_.folder, "phase", 0), "no record").ok());
  PhaseRunner again(plan_);
  const absl::Status status = again.Run("phase", 1, cannot);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  for (const std::string& part :
       {std::string("done/phase/0, the record"), std::string("cannot open shard 0"),
        absl::StrCat("remove the folder ", plan_.folder, " to begin the work anew")}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << status;
  }
  // What can be made again is.
  PhaseRunner whole(plan_);
  EXPECT_TRUE(whole.Run("phase", 1, Writes("x")).ok());
}

TEST_F(PhaseRunnerTest, AnErrorGoesToTheBarrierAndLeavesNoRecord) {
  absl::Status told;
  PhaseRunner runner(plan_, nullptr, {0, 2, [&](const absl::Status& own) { return told = own; }});
  const auto fails = [](int part) -> absl::StatusOr<PartOutcome> {
    if (part == 2) return DataError("part 2");
    return PartOutcome{};
  };
  EXPECT_EQ(runner.Run("phase", 4, fails).message(), "part 2");
  EXPECT_EQ(told.message(), "part 2");
  EXPECT_FALSE(Exists(PartRecordPath(plan_.folder, "phase", 2)));
  const harness::StopRequest stop;
  EXPECT_TRUE(IsStopped(runner.Run("other", 4, fails)));
  EXPECT_TRUE(IsStopped(told));
}

}  // namespace
}  // namespace bench::corpus
