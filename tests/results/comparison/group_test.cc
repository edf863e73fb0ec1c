#include "results/comparison/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "tests/results/comparison/groups.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FindResults, FilesRunFoldersAndFoldersOfReplicates) {
  TempFolder folder;
  const auto touch = [&](const std::string& name) {
    ASSERT_TRUE(MakeFolders(folder / name.substr(0, name.find('/'))).ok());
    ASSERT_TRUE(PublishFile(folder / name, "").ok());
  };
  touch("r1/results.h5");
  touch("r0/results.h5");
  touch("other/notes.txt");
  EXPECT_THAT(*FindResults(folder / "r0/results.h5"), ElementsAre(folder / "r0/results.h5"));
  EXPECT_THAT(*FindResults(folder / "r0"), ElementsAre(folder / "r0/results.h5"));
  EXPECT_THAT(*FindResults(folder.path()),
              ElementsAre(folder / "r0/results.h5", folder / "r1/results.h5"));
  ASSERT_TRUE(PublishFile(folder / "a.h5", "").ok());
  EXPECT_THAT(*FindResults(folder.path()),
              ElementsAre(folder / "a.h5", folder / "r0/results.h5", folder / "r1/results.h5"));
  EXPECT_EQ(ExitCodeFor(FindResults(folder / "other").status()), ExitCode::kBadData);
}

TEST(FindResults, ARunThatWasKilledIsRecoverable) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "run.journal", "").ok());
  const auto found = FindResults(folder.path());
  EXPECT_EQ(ExitCodeFor(found.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("--recover"));
}

TEST(FindResults, AReplicateThatWasKilledIsNotLeftOut) {
  TempFolder folder;
  for (const char* name : {"r0", "r1"}) ASSERT_TRUE(MakeFolders(folder / name).ok());
  ASSERT_TRUE(PublishFile(folder / "r0/results.h5", "").ok());
  ASSERT_TRUE(PublishFile(folder / "r1/run.journal", "").ok());
  const auto found = FindResults(folder.path());
  EXPECT_EQ(ExitCodeFor(found.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("r1 holds the journal"));
}

TEST(ReadGroup, AnyBadFileIsAnError) {
  TempFolder folder;
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "a.h5").ok());
  EXPECT_EQ(ReadGroup(folder.path())->runs.size(), 1u);
  ASSERT_TRUE(PublishFile(folder / "b.h5", "junk").ok());
  EXPECT_EQ(ExitCodeFor(ReadGroup(folder.path()).status()), ExitCode::kBadData);
}

std::vector<int64_t> NumbersOf(const std::vector<PairOfRuns>& pairs) {
  std::vector<int64_t> numbers;
  for (const auto& [base, head] : pairs) {
    EXPECT_EQ(base->header.replicate, head->header.replicate);
    numbers.push_back(base->header.replicate);
  }
  return numbers;
}

TEST(PairsOf, RunsOfOneNumberAreAPair) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower);
  const Group base = GroupOf("b", {RunWith(metric, 0, 3), RunWith(metric, 0, 0),
                                   RunWith(metric, 0, 3), RunWith(metric, 0, 5)});
  const Group head = GroupOf("h", {RunWith(metric, 0, 0), RunWith(metric, 0, 1),
                                   RunWith(metric, 0, 3), RunWith(metric, 0, 3)});
  EXPECT_THAT(NumbersOf(PairsOf(base, head)), ElementsAre(0, 3));
}

TEST(AllPairsOf, EveryRunOfASharedNumberIsInAPair) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower);
  const Group base =
      GroupOf("b", {RunWith(metric, 10, 3), RunWith(metric, 11, 3), RunWith(metric, 12, 5)});
  const Group head = GroupOf("h", {RunWith(metric, 20, 3), RunWith(metric, 21, 3),
                                   RunWith(metric, 22, 3), RunWith(metric, 23, 4)});
  const auto values = [](const std::vector<PairOfRuns>& pairs) {
    std::vector<std::pair<double, double>> both;
    for (const auto& [b, h] : pairs) {
      both.emplace_back(b->summary.at("m").value, h->summary.at("m").value);
    }
    return both;
  };
  EXPECT_THAT(values(AllPairsOf(base, head)),
              ElementsAre(std::pair(10.0, 20.0), std::pair(11.0, 21.0), std::pair(10.0, 22.0)));
  EXPECT_THAT(values(AllPairsOf(head, base)),
              ElementsAre(std::pair(20.0, 10.0), std::pair(21.0, 11.0), std::pair(22.0, 10.0)));
}

}  // namespace
}  // namespace bench::results
