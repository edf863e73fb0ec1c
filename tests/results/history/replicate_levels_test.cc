#include "results/history/replicate_levels.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace bench::results {
namespace {

struct Runs {
  std::vector<double> values;
  std::vector<std::size_t> commits;
  std::vector<int64_t> replicates;

  void Add(std::size_t commit, int64_t replicate, double value) {
    values.push_back(value);
    commits.push_back(commit);
    replicates.push_back(replicate);
  }
  std::vector<std::optional<double>> Aligned() const {
    return AlignReplicates(values, commits, replicates);
  }
};

// Level 100 before commit 2 and 110 from then on; replicate 1 lies 50 above replicate 0, and was
// run with commits 1 and 2 alone: half of its runs are before the change, a quarter of the other's.
TEST(AlignReplicates, ReplicatesThatShareCommitsHaveOneLevel) {
  Runs runs;
  for (std::size_t commit = 0; commit < 8; ++commit) {
    runs.Add(commit, 0, commit < 2 ? 100 : 110);
    if (commit == 1 || commit == 2) runs.Add(commit, 1, commit < 2 ? 150 : 160);
  }
  for (std::size_t i = 0; i < runs.values.size(); ++i) {
    EXPECT_EQ(runs.Aligned()[i], runs.commits[i] < 2 ? 100 : 110) << i;
  }
}

// Replicate 2 shares no commit with the reference, 0; both share some with 1.
TEST(AlignReplicates, OffsetsAddUpOverReplicatesBetween) {
  Runs runs;
  for (std::size_t commit = 0; commit < 4; ++commit) runs.Add(commit, 0, 10);
  for (std::size_t commit = 3; commit < 6; ++commit) runs.Add(commit, 1, 13);
  for (std::size_t commit = 5; commit < 7; ++commit) runs.Add(commit, 2, commit < 6 ? 7 : 9);
  const auto aligned = runs.Aligned();
  EXPECT_EQ(aligned[7], 10);  // replicate 2 with commit 5: offset -3
  EXPECT_EQ(aligned[8], 12);  // and with commit 6, which brought 2
}

// One shared commit of five was run while something else went wrong.
TEST(AlignReplicates, AnOffsetIsTheMedianDifference) {
  Runs runs;
  for (std::size_t commit = 0; commit < 5; ++commit) {
    runs.Add(commit, 0, 10);
    runs.Add(commit, 1, commit == 2 ? 99 : 13);
  }
  runs.Add(5, 0, 10);
  const auto aligned = runs.Aligned();
  EXPECT_EQ(aligned[1], 10);
  EXPECT_EQ(aligned[5], 96);
}

// Even commits have replicate 0, odd ones replicate 1, 50 above; the level rises by 10 with commit
// 7. Of the seven pairs of neighbours (the earlier one counts) one straddles the change.
TEST(AlignReplicates, WithoutSharedCommitsNeighboursAreCompared) {
  Runs runs;
  for (std::size_t commit = 0; commit < 15; ++commit) {
    const double level = commit < 7 ? 100 : 110;
    runs.Add(commit, static_cast<int64_t>(commit % 2), level + (commit % 2 == 0 ? 0 : 50));
  }
  const auto aligned = runs.Aligned();
  for (std::size_t i = 0; i < aligned.size(); ++i) EXPECT_EQ(aligned[i], i < 7 ? 100 : 110) << i;
}

// What is between two replicates that meet at one place is taken for an offset, and a change of
// the later one stays where it is.
TEST(AlignReplicates, WhatCannotBeToldFromAnOffsetIsNoChange) {
  Runs runs;
  for (std::size_t commit = 0; commit < 6; ++commit) runs.Add(commit, 0, 100);
  for (std::size_t commit = 6; commit < 10; ++commit) runs.Add(commit, 1, commit < 7 ? 200 : 220);
  const auto aligned = runs.Aligned();
  EXPECT_EQ(aligned[6], 100);
  for (std::size_t i = 7; i < 10; ++i) EXPECT_EQ(aligned[i], 120);
}

TEST(AlignReplicates, AReplicateOfOneCommitSaysNothing) {
  Runs runs;
  runs.Add(0, 0, 1);
  runs.Add(0, 1, 5);
  runs.Add(0, 1, 5);
  runs.Add(1, 0, 2);
  const std::vector<std::optional<double>> expected = {1, std::nullopt, std::nullopt, 2};
  EXPECT_EQ(runs.Aligned(), expected);
  EXPECT_TRUE(Runs().Aligned().empty());
}

}  // namespace
}  // namespace bench::results
