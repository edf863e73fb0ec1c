#include "harness/corpus/whole_data_set.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/determinism/random.h"
#include "tests/harness/stop_request.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using harness::TokenDatasetOptions;
using harness::TokenDatasetWriter;

struct Text {
  std::string part;
  std::vector<int64_t> tokens;
};

std::vector<Text> RandomTexts(size_t count) {
  harness::Random random(17);
  std::vector<Text> texts(count);
  for (Text& text : texts) {
    text.part = random.Below(5) == 0 ? "validation" : "train";
    for (uint64_t left = 1 + random.Below(20); left > 0; --left) {
      text.tokens.push_back(static_cast<int64_t>(random.Below(500)));
    }
  }
  return texts;
}

TokenDatasetOptions Options(int64_t max_shard_tokens) {
  return {500, std::string(64, 'a'), {"en", "zh"}, max_shard_tokens};
}

void Write(const std::string& folder, const std::vector<Text>& texts, int64_t max_shard_tokens) {
  ASSERT_TRUE(MakeFolders(folder).ok());
  TokenDatasetWriter writer(folder, Options(max_shard_tokens));
  for (const Text& text : texts) {
    const auto num_bytes = 3 * std::ssize(text.tokens);
    ASSERT_TRUE(writer.Add(text.part, text.tokens, num_bytes, text.tokens[0] % 2).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
}

std::map<std::string, std::string> FilesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  const std::vector<std::string> names = *ListFolder(folder);
  for (const std::string& name : names) files[name] = *ReadFile(folder + "/" + name);
  return files;
}

class WholeDataSet : public testing::Test {
 protected:
  // In partitions of 0 to 40 texts, each in shards of 30 tokens.
  PartitionedTokens Partitions(const std::vector<Text>& texts, int64_t max_shard_tokens) {
    harness::Random random(18);
    PartitionedTokens tokens = {{}, Options(max_shard_tokens)};
    const std::string root = folder_ / ("partitions-" + std::to_string(num_roots_++));
    for (size_t next = 0; next < texts.size() || tokens.folders.empty();) {
      const size_t end = std::min(texts.size(), next + random.Below(41));
      tokens.folders.push_back(absl::StrCat(root, "/", tokens.folders.size()));
      Write(tokens.folders.back(),
            {texts.begin() + static_cast<std::ptrdiff_t>(next),
             texts.begin() + static_cast<std::ptrdiff_t>(end)},
            30);
      next = end;
    }
    return tokens;
  }

  // The folder of the whole.
  std::string Join(const PartitionedTokens& tokens) {
    const std::string root = folder_ / ("whole-" + std::to_string(num_roots_++));
    EXPECT_TRUE(MakeFolders(root + "/all").ok());
    const auto shards = PlanShards(tokens);
    EXPECT_TRUE(shards.ok()) << shards.status();
    std::vector<std::string> folders;
    for (const PlannedShard& shard : *shards) {
      folders.push_back(absl::StrCat(root, "/", folders.size()));
      const absl::Status copied = CopyShard(tokens, shard, folders.back());
      EXPECT_TRUE(copied.ok()) << copied;
    }
    const absl::Status joined = JoinShards(tokens, *shards, folders, root + "/all");
    EXPECT_TRUE(joined.ok()) << joined;
    return root + "/all";
  }

  TempFolder folder_;
  int num_roots_ = 0;
};

TEST_F(WholeDataSet, IsWhatOneWriterLeavesWhateverTheSizeOfShards) {
  const std::vector<Text> texts = RandomTexts(300);
  // One text a shard, texts larger than a shard, some of them, and one shard of all.
  for (const int64_t max_shard_tokens : {1, 7, 20, 97, 1000, 1 << 20}) {
    const std::string expected = folder_ / absl::StrCat("expected-", max_shard_tokens);
    Write(expected, texts, max_shard_tokens);
    const std::string whole = Join(Partitions(texts, max_shard_tokens));
    EXPECT_TRUE(FilesOf(whole) == FilesOf(expected)) << max_shard_tokens;
    EXPECT_TRUE(harness::TokenDataset::Open(whole).ok());
  }
}

TEST_F(WholeDataSet, OfNoDocumentsIsOneToo) {
  Write(folder_ / "expected", {}, 100);
  EXPECT_TRUE(FilesOf(Join(Partitions({}, 100))) == FilesOf(folder_ / "expected"));
}

TEST_F(WholeDataSet, AShardIsCopiedAnewOverWhatAnotherAttemptLeft) {
  const PartitionedTokens tokens = Partitions(RandomTexts(100), 50);
  const auto shards = PlanShards(tokens);
  ASSERT_TRUE(shards.ok());
  ASSERT_GT(shards->size(), 3u);
  ASSERT_TRUE(CopyShard(tokens, shards->front(), folder_ / "first").ok());
  const auto expected = FilesOf(folder_ / "first");
  ASSERT_TRUE(MakeFolders(folder_ / "second").ok());
  ASSERT_TRUE(PublishFile(folder_ / "second/train-00000.tokens", "torn").ok());
  ASSERT_TRUE(CopyShard(tokens, shards->front(), folder_ / "second").ok());
  EXPECT_TRUE(FilesOf(folder_ / "second") == expected);
}

// Else each of the shards would look through all that its partitions have.
TEST_F(WholeDataSet, AShardReadsThoseOfThePartitionThatHaveItsDocuments) {
  std::vector<Text> texts;
  for (int64_t i = 0; i < 12; ++i) texts.push_back({"train", {i, 1, 2, 3, 4}});
  PartitionedTokens tokens = {{folder_ / "partition"}, Options(15)};
  Write(tokens.folders[0], texts, 10);  // six shards of two texts, for four of three
  const auto shards = PlanShards(tokens);
  ASSERT_TRUE(shards.ok()) << shards.status();
  ASSERT_EQ(shards->size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(CopyShard(tokens, (*shards)[i], folder_ / absl::StrCat("whole-", i)).ok());
  }
  // The texts 3 to 5 are in the shards 1 and 2.
  for (const int number : {0, 3, 4, 5}) {
    const std::string path =
        harness::TokenShardPath(tokens.folders[0], "train", number, "documents");
    ASSERT_TRUE(PublishFile(path, "damaged").ok());
  }
  ASSERT_TRUE(CopyShard(tokens, (*shards)[1], folder_ / "again").ok());
  EXPECT_TRUE(FilesOf(folder_ / "again") == FilesOf(folder_ / "whole-1"));
  for (const size_t i : {0u, 2u, 3u}) {
    const absl::Status status = CopyShard(tokens, (*shards)[i], folder_ / "damaged");
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << i;
  }
}

TEST_F(WholeDataSet, FewerDocumentsThanPlannedAndAStopAreErrors) {
  PartitionedTokens tokens = Partitions(RandomTexts(100), 1 << 20);
  const auto shards = PlanShards(tokens);
  ASSERT_TRUE(shards.ok());
  const std::string copy = folder_ / "copy";
  {
    const harness::StopRequest stop;
    EXPECT_TRUE(IsStopped(PlanShards(tokens).status()));
    EXPECT_TRUE(IsStopped(CopyShard(tokens, shards->front(), copy)));
  }
  tokens.folders.resize(1);
  EXPECT_EQ(ExitCodeFor(CopyShard(tokens, shards->front(), copy)), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::corpus
