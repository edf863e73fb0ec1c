#include "results/comparison/sweep_replicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/comparison/comparison.h"
#include "tests/results/comparison/groups.h"
#include "tests/results/sweeps/sample_sweep.h"

namespace bench::results {
namespace {

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

TEST(FindSharedChildren, RunsThatAreNoSweepsHaveNone) {
  EXPECT_EQ(FindSharedChildren(OneRun("a", SampleRecord()), OneRun("b", SampleRecord())).num_shared,
            0);
}

}  // namespace
}  // namespace bench::results
