#include "results/comparison/sweep_replicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/comparison/comparison.h"
#include "tests/results/comparison/groups.h"
#include "tests/results/sweeps/sample_sweep.h"

namespace bench::results {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Its children have files of these digests, a letter each.
RunRecord SweepWith(const std::string& digests, char program = '8') {
  RunRecord record = SampleSweepRecord();
  record.header.provenance["program_sha256"] = std::string(64, program);
  Table& children = record.tables["children"];
  children.columns = {"arm", "results_sha256"};
  for (const char digest : digests) children.rows.push_back({"chain", std::string(64, digest)});
  return record;
}

TEST(ByReplicate, ASweepBecomesARunOfEachReplicate) {
  const Group group = ByReplicate(OneRun("sweep", SampleSweepRecord()));
  ASSERT_THAT(group.runs, SizeIs(3));
  EXPECT_EQ(group.path, "sweep");
  const RunRecord& second = group.runs[1].record;
  EXPECT_EQ(second.header.replicate, 4);
  EXPECT_EQ(second.status, RunStatus::kComplete);
  EXPECT_EQ(second.summary.at("exact_match/unseen/chain").value, 1.0);
  EXPECT_EQ(second.summary.at("exact_match/unseen/direct").value, 0.125);
  EXPECT_EQ(second.summary.at("loss/chain").value, 2);
  EXPECT_EQ(second.summary.at("exact_match/unseen/chain").metric,
            Info(kExactMatch, "unseen/chain"));
  EXPECT_THAT(second.summary, SizeIs(3));
}

TEST(ByReplicate, OtherRunsStayAsTheyAre) {
  const Group group = ByReplicate(OneRun("run", SampleRecord()));
  ASSERT_THAT(group.runs, SizeIs(1));
  EXPECT_EQ(group.runs[0].record, SampleRecord());
}

TEST(Compare, SweepsAreComparedReplicateByReplicate) {
  RunRecord head = SweepWith("def");
  for (double& value : head.samples.at("loss/chain").value) value += 1;
  const auto comparison =
      Compare(OneRun("base", SweepWith("abc")), OneRun("head", head), CompareOptions());
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_THAT(comparison->comparability.reasons, IsEmpty());
  EXPECT_EQ(comparison->base.num_runs, 3);
  for (const JudgedChange& row : comparison->rows) {
    if (row.change.metric.Path() != "loss/chain") continue;
    EXPECT_THAT(row.change.base, ElementsAre(1, 2, 3));
    EXPECT_THAT(row.change.head, ElementsAre(2, 3, 4));
    EXPECT_EQ(row.change.difference, 1);
    EXPECT_EQ(row.change.design, Design::kPaired);
    return;
  }
  FAIL() << "no row of loss/chain";
}

TEST(Compare, ChildrenOfBothSweepsAreNotedWithinOneProgram) {
  const auto comparison =
      Compare(OneRun("base", SweepWith("abc")), OneRun("head", SweepWith("bcd")), CompareOptions());
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_THAT(comparison->comparability.reasons, IsEmpty());
  EXPECT_THAT(comparison->comparability.notes,
              ElementsAre(HasSubstr("2 of the 3 children of the head's sweeps")));
}

TEST(Compare, ChildrenOfAnotherProgramSayNothingOfIt) {
  const auto comparison = Compare(OneRun("base", SweepWith("abc")),
                                  OneRun("head", SweepWith("bcd", '7')), CompareOptions());
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_THAT(comparison->comparability.reasons,
              ElementsAre(HasSubstr("--set sweep.reuse=program")));
  const auto apart = Compare(OneRun("base", SweepWith("abc")),
                             OneRun("head", SweepWith("def", '7')), CompareOptions());
  EXPECT_THAT(apart->comparability.reasons, IsEmpty());
}

// A sweep whose child of replicate 3 has this recipe, and was made by this program.
RunRecord SweepOfChild(char recipe, char program_of_child, char program = '8') {
  RunRecord record = SampleSweepRecord();
  record.header.provenance["program_sha256"] = std::string(64, program);
  Table& children = record.tables["children"];
  children.columns = {"arm", "replicate", "recipe_key", "results_sha256", "program_sha256"};
  children.rows.push_back({"chain", int64_t{3}, std::string(64, recipe),
                           std::string(64, program_of_child), std::string(64, program_of_child)});
  return record;
}

Comparability ComparabilityOf(const RunRecord& base, const RunRecord& head,
                              const AskedDifferences& asked = {}) {
  CompareOptions options;
  options.asked = asked;
  const auto comparison = Compare(OneRun("base", base), OneRun("head", head), options);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return comparison.ok() ? comparison->comparability : Comparability();
}

TEST(Compare, ChildrenOfOtherRecipesAreOfOtherInputs) {
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), SweepOfChild('a', '8')).reasons, IsEmpty());
  const RunRecord other = SweepOfChild('b', '8');
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), other).reasons,
              ElementsAre(HasSubstr("the children of arm chain have other inputs or settings")));
  AskedDifferences asked;
  asked.keys = {"sweep.experiment"};
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), other, asked).reasons, IsEmpty());
  // Another replicate has a recipe of its own.
  RunRecord apart = SweepOfChild('b', '8');
  apart.tables["children"].rows[0][1] = int64_t{4};
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), apart).reasons, IsEmpty());
}

// Made by a third program, and of no base: last week's, found in the store.
TEST(Compare, ChildrenOfAThirdProgramAreNotTheHeads) {
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), SweepOfChild('a', '6', '7')).reasons,
              ElementsAre(AllOf(HasSubstr("1 of 2 children were made by another program"),
                                HasSubstr("--set sweep.reuse=program"))));
  EXPECT_THAT(ComparabilityOf(SweepOfChild('a', '8'), SweepOfChild('a', '7', '7')).reasons,
              IsEmpty());
}

TEST(Compare, ChildrenOfAnotherProgramAreNotedWithinOneProgram) {
  const Comparability found = ComparabilityOf(SweepOfChild('a', '8'), SweepOfChild('a', '6'));
  EXPECT_THAT(found.reasons, IsEmpty());
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("1 of 2 children were found in the store")));
}

// The process of the sweep was resumed: the children's times are what they are.
TEST(ByReplicate, AttemptsAndNotesOfTheSweepAreNotTheReplicates) {
  RunRecord record = SampleSweepRecord();
  record.attempts = 2;
  record.resumed_from = {0};
  record.notes["children_run"] = int64_t{6};
  const Group group = ByReplicate(OneRun("sweep", record));
  ASSERT_THAT(group.runs, SizeIs(3));
  EXPECT_FALSE(group.runs[0].record.resumed());
  EXPECT_THAT(group.runs[0].record.notes, IsEmpty());
}

TEST(FindSharedChildren, RunsThatAreNoSweepsHaveNone) {
  EXPECT_EQ(FindSharedChildren(OneRun("a", SampleRecord()), OneRun("b", SampleRecord())).num_shared,
            0);
}

}  // namespace
}  // namespace bench::results
