#include "harness/corpus/work_ledger.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

const Digest128 kRecipe = {1, 2};

TEST(OpenWork, ContinuesTheSameWork) {
  const TempFolder folder;
  const std::string work = folder / "corpus";
  auto state = OpenWork(work, kRecipe, 12, {});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->attempt, 1);
  EXPECT_EQ(state->least_shards, 12);
  ASSERT_TRUE(PublishPart(work, "clean", 3, {}).ok());

  // On another number of ranks the work stays cut as it was begun.
  state = OpenWork(work, kRecipe, 8, {});
  EXPECT_EQ(state->attempt, 2);
  EXPECT_EQ(state->least_shards, 12);
  EXPECT_TRUE(FindPart(work, "clean", 3)->has_value());
}

// The folder is named, and nothing of it is lost.
void ExpectRefused(const absl::Status& status, const std::string& work) {
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment) << status;
  EXPECT_NE(status.message().find("remove the folder " + work), std::string::npos) << status;
  EXPECT_TRUE(FindPart(work, "clean", 3)->has_value());
}

TEST(OpenWork, OtherWorkIsRefusedAndStays) {
  const TempFolder folder;
  const std::string work = folder / "corpus";
  ASSERT_TRUE(OpenWork(work, kRecipe, 12, {}).ok());
  ASSERT_TRUE(PublishPart(work, "clean", 3, {}).ok());
  ExpectRefused(OpenWork(work, {1, 3}, 8, {}).status(), work);
  const auto state = OpenWork(work, kRecipe, 8, {});
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->attempt, 2);
}

TEST(OpenWork, WorkWhoseFileIsDamagedIsRefusedAndStays) {
  const TempFolder folder;
  const std::string work = folder / "corpus";
  ASSERT_TRUE(OpenWork(work, kRecipe, 12, {}).ok());
  ASSERT_TRUE(PublishPart(work, "clean", 3, {}).ok());
  const std::string whole = *ReadFile(work + "/work");
  for (const std::string& damaged :
       {whole.substr(0, whole.size() / 2), whole + "x", std::string()}) {
    ASSERT_TRUE(PublishFile(work + "/work", damaged).ok());
    ExpectRefused(OpenWork(work, kRecipe, 8, {}).status(), work);
  }
}

TEST(OpenWork, AnErrorWhileLookingIsNotAnAbsence) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "file", "x").ok());
  // A name that no file system takes: whether it is there cannot be said.
  const std::string work = folder / std::string(5000, 'x');
  EXPECT_EQ(ExitCodeFor(OpenWork(work, kRecipe, 1, {}).status()), ExitCode::kEnvironment);
  EXPECT_EQ(ExitCodeFor(FindPart(work, "clean", 0).status()), ExitCode::kEnvironment);
}

TEST(OpenWork, ARankThatSeesOtherFilesSaysSo) {
  const TempFolder folder;
  const auto passes = [](const absl::Status& own) { return own; };
  ASSERT_TRUE(OpenWork(folder.path(), kRecipe, 1, {0, 2, passes}).ok());
  EXPECT_TRUE(OpenWork(folder.path(), kRecipe, 1, {1, 2, passes}).ok());
  const absl::Status other = OpenWork(folder.path(), {5, 5}, 1, {1, 2, passes}).status();
  EXPECT_EQ(ExitCodeFor(other), ExitCode::kEnvironment);
  EXPECT_NE(other.message().find("not those that rank 0 sees"), std::string::npos) << other;
}

TEST(OpenWork, AnErrorOfTheBarrierIsTheRanks) {
  const TempFolder folder;
  const auto stops = [](const absl::Status&) { return StoppedError(); };
  EXPECT_TRUE(IsStopped(OpenWork(folder.path(), kRecipe, 1, {1, 2, stops}).status()));
}

TEST(PartRecords, ComeBackAsTheyWerePublished) {
  const TempFolder folder;
  const PartRecord record = {{{1, 2}, {3, 4}, 2, 1.5, 1000, 2000}, std::string("\0\xff report", 9)};
  ASSERT_TRUE(PublishPart(folder.path(), "read and filter", 7, record).ok());
  const auto found = FindPart(folder.path(), "read and filter", 7);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->made_from, record.made_from);
  EXPECT_EQ((*found)->made, record.made);
  EXPECT_EQ((*found)->attempt, 2);
  EXPECT_EQ((*found)->seconds, 1.5);
  EXPECT_EQ((*found)->read_bytes, 1000);
  EXPECT_EQ((*found)->written_bytes, 2000);
  EXPECT_EQ((*found)->result, record.result);
  const auto summary = FindPartSummary(folder.path(), "read and filter", 7);
  ASSERT_TRUE(summary.ok() && summary->has_value());
  EXPECT_EQ((*summary)->made, record.made);
  EXPECT_EQ((*summary)->seconds, 1.5);
  EXPECT_FALSE(FindPart(folder.path(), "read and filter", 8)->has_value());
  EXPECT_FALSE(FindPartSummary(folder.path(), "read and filter", 8)->has_value());
}

TEST(PartRecords, ADamagedOneIsNone) {
  const TempFolder folder;
  const std::string result = "a report";
  ASSERT_TRUE(PublishPart(folder.path(), "clean", 0, {{}, result}).ok());
  const std::string path = PartRecordPath(folder.path(), "clean", 0);
  const std::string whole = *ReadFile(path);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    ASSERT_TRUE(PublishFile(path, damaged).ok());
    const auto found = FindPart(folder.path(), "clean", 0);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_FALSE(found->has_value()) << i;
    const bool in_result = i >= whole.size() - result.size();
    EXPECT_EQ(FindPartSummary(folder.path(), "clean", 0)->has_value(), in_result) << i;
    ASSERT_TRUE(PublishFile(path, whole.substr(0, i)).ok());
    EXPECT_FALSE(FindPart(folder.path(), "clean", 0)->has_value()) << i;
  }
}

TEST(DescribeFiles, TellsNamesSizesAndEndsApart) {
  const TempFolder folder;
  const auto describe = [&](const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(PublishFile(folder / name, bytes).ok());
    return DescribeFiles(folder.path(), {folder / name})->digest;
  };
  const Digest128 first = describe("a", "one");
  EXPECT_EQ(describe("a", "one"), first);
  EXPECT_NE(describe("b", "one"), first);
  EXPECT_NE(describe("a", "two"), first);
  const Digest128 shorter = describe("a", std::string(100, 'x'));
  EXPECT_NE(describe("a", std::string(101, 'x')), shorter);
  EXPECT_EQ(DescribeFiles(folder.path(), {folder / "a", folder / "b"})->num_bytes, 104);
  EXPECT_FALSE(DescribeFiles(folder.path(), {folder / "c"}).ok());
}

}  // namespace
}  // namespace bench::corpus
