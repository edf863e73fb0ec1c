#include "results/compare_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ResultsInput Input(const std::string& path, int64_t replicate) {
  ResultsInput input = {path, SampleRecord()};
  input.record.header.replicate = replicate;
  return input;
}

std::vector<std::string> Paths(const std::vector<ComparedPair>& pairs) {
  std::vector<std::string> out;
  for (const ComparedPair& pair : pairs) out.push_back(pair.base_path + "|" + pair.head_path);
  return out;
}

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

TEST(ReadInputs, AnyBadFileIsAnError) {
  TempFolder folder;
  ASSERT_TRUE(WriteResults(SampleRecord(), folder / "a.h5").ok());
  EXPECT_EQ(ReadInputs(folder.path())->size(), 1u);
  ASSERT_TRUE(PublishFile(folder / "b.h5", "junk").ok());
  EXPECT_EQ(ExitCodeFor(ReadInputs(folder.path()).status()), ExitCode::kBadData);
}

TEST(ComparePairs, OneFileEachIsComparedWhateverItsNumber) {
  const auto pairs = ComparePairs({Input("b", 0)}, {Input("h", 1)});
  EXPECT_THAT(Paths(pairs), ElementsAre("b|h"));
  EXPECT_THAT(pairs[0].comparison.incomparable, ElementsAre(HasSubstr("replicate")));
}

TEST(ComparePairs, EqualNumbersAreCompared) {
  const auto pairs =
      ComparePairs({Input("b0", 0), Input("b1", 1)}, {Input("h1", 1), Input("h0", 0)});
  EXPECT_THAT(Paths(pairs), ElementsAre("b0|h0", "b1|h1"));
  EXPECT_EQ(WorstExitCode(pairs), ExitCode::kOk);
}

TEST(ComparePairs, ANumberWithoutPartnerIsNotComparable) {
  const auto pairs = ComparePairs({Input("b0", 0), Input("b1", 1)}, {Input("h0", 0)});
  EXPECT_THAT(Paths(pairs), ElementsAre("b0|h0", "b1|"));
  EXPECT_THAT(pairs[1].comparison.incomparable,
              ElementsAre("replicate 1 has no partner in the head"));
  EXPECT_EQ(WorstExitCode(pairs), ExitCode::kIncomparable);
}

TEST(ComparePairs, RepeatedNumbersArePairedInOrder) {
  const auto pairs =
      ComparePairs({Input("b0", 0), Input("b1", 0)}, {Input("h0", 0), Input("h1", 0)});
  EXPECT_THAT(Paths(pairs), ElementsAre("b0|h0", "b1|h1"));
}

}  // namespace
}  // namespace bench::results
