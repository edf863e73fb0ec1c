#include "harness/stages/corpus/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/model_io/content_digest.h"
#include "tests/support/rank_threads.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

void Write(const std::string& path, std::string_view text) {
  ASSERT_TRUE(MakeFolders(path.substr(0, path.rfind('/'))).ok());
  ASSERT_TRUE(PublishFile(path, text).ok());
}

absl::StatusOr<std::string> ByOne(const std::string& path, int64_t num_threads = 1) {
  const std::unique_ptr<Ranks> alone = Ranks::Alone();
  return UserTreeSha256(path, num_threads, *alone);
}

// The digest of a folder by hand: what sha256sum prints of each file, in the order of the paths.
TEST(UserTreeSha256, CoversFilesOfAllFolders) {
  const TempFolder folder;
  Write(folder / "b.txt", "two");
  Write(folder / "a/deep/c.txt", "three");
  EXPECT_EQ(*ByOne(folder.path()),
            Sha256Hex("a/deep/c.txt " + Sha256Hex("three") + "\nb.txt " + Sha256Hex("two") + "\n"));
  const std::string before = *ByOne(folder.path());
  Write(folder / "a/deep/c.txt", "other");
  EXPECT_NE(*ByOne(folder.path()), before);
  EXPECT_EQ(*ByOne(folder / "b.txt"), Sha256Hex("b.txt " + Sha256Hex("two") + "\n"));
  EXPECT_EQ(ExitCodeFor(ByOne(folder / "none").status()), ExitCode::kEnvironment);
}

class Tree : public testing::Test {
 protected:
  // Files of many sizes, equal and empty ones among them, in two folders.
  Tree() {
    for (int i = 0; i < 40; ++i) {
      const std::string text(static_cast<size_t>(i % 7) * 1000, static_cast<char>('a' + i % 26));
      Write(folder_ / absl::StrCat(i % 2 == 0 ? "even/" : "odd/", i, ".txt"), text);
    }
  }
  const TempFolder folder_;
};

TEST_F(Tree, DigestIsTheOneReadersOnAnyNumberOfRanksAndThreads) {
  const std::string expected = *TreeSha256(folder_.path());
  EXPECT_EQ(*ByOne(folder_.path(), 3), expected);
  const std::string of_file = *ByOne(folder_ / "even/2.txt");
  for (const int64_t size : {2, 3, 5}) {
    RunOnRanks(size, [&](Ranks& ranks) {
      const auto digest = UserTreeSha256(folder_.path(), 2, ranks);
      ASSERT_TRUE(digest.ok()) << digest.status();
      EXPECT_EQ(*digest, ranks.leads() ? expected : "");
      // Only one of them has something to read.
      const auto one = UserTreeSha256(folder_ / "even/2.txt", 2, ranks);
      ASSERT_TRUE(one.ok()) << one.status();
      EXPECT_EQ(*one, ranks.leads() ? of_file : "");
    });
  }
}

// Which of the ranks has another folder, of a file more or with a file of another size.
TEST_F(Tree, ARankThatSeesOtherFilesIsNamed) {
  const TempFolder other;
  std::filesystem::copy(folder_.path(), other.path(), std::filesystem::copy_options::recursive);
  Write(other / "odd/1.txt", "longer than it was, and not by a thousand bytes");
  std::atomic<int> num_named = 0;
  RunOnRanks(3, [&](Ranks& ranks) {
    const bool is_other = ranks.rank() == 2;
    const std::string path = is_other ? other.path() : folder_.path();
    absl::Status status;
    try {
      status = UserTreeSha256(path, 1, ranks).status();
    } catch (const RankLost& lost) {
      status = EnvironmentError(lost.what());
    }
    EXPECT_FALSE(status.ok());
    if (is_other) {
      EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
      EXPECT_THAT(status.message(), HasSubstr("rank 2 sees other files"));
      ++num_named;
    }
    ranks.LeaveBecause(status).IgnoreError();
  });
  EXPECT_EQ(num_named, 1);
}

TEST(FilesOfRanks, EveryFileHasOneRankAndTheLargestComesFirst) {
  const std::vector<int64_t> sizes = {5, 900000, 0, 700000, 800000, 5, 600000};
  for (const int64_t num_ranks : {1, 2, 3, 9}) {
    const auto files = FilesOfRanks(sizes, num_ranks);
    ASSERT_EQ(std::ssize(files), num_ranks);
    std::vector<size_t> all;
    for (const auto& of_rank : files) {
      EXPECT_TRUE(std::is_sorted(of_rank.begin(), of_rank.end(),
                                 [&](size_t a, size_t b) { return sizes[a] > sizes[b]; }));
      all.insert(all.end(), of_rank.begin(), of_rank.end());
    }
    std::sort(all.begin(), all.end());
    std::vector<size_t> expected(sizes.size());
    std::iota(expected.begin(), expected.end(), size_t{0});
    EXPECT_EQ(all, expected);
  }
  // 900,000 and 600,000 to one, 800,000 and 700,000 to the other.
  const auto two = FilesOfRanks(sizes, 2);
  EXPECT_EQ(two[0][0], 1u);
  EXPECT_EQ(two[0][1], 6u);
  EXPECT_EQ(two[1][0], 4u);
  EXPECT_EQ(two[1][1], 3u);
}

// Longest-processing-time scheduling: at most 4/3 of the best (Graham 1969), with any sizes.
TEST(FilesOfRanks, NoRankReadsMuchMoreThanItsShareOfMany) {
  std::vector<int64_t> sizes;
  int64_t total = 0;
  for (int64_t i = 0; i < 1000; ++i) sizes.push_back(1'000'000 + i * 7919 % 3'000'000);
  for (const int64_t size : sizes) total += size;
  const int64_t largest = *std::max_element(sizes.begin(), sizes.end());
  for (const int64_t num_ranks : {2, 16, 100}) {
    for (const auto& of_rank : FilesOfRanks(sizes, num_ranks)) {
      int64_t own = 0;
      for (const size_t file : of_rank) own += sizes[file];
      EXPECT_LE(own, std::max(total / num_ranks, largest) * 4 / 3);
    }
  }
}

}  // namespace
}  // namespace bench::harness
