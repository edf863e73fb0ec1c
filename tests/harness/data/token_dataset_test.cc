#include "harness/data/token_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Tokens = std::vector<int64_t>;

void Write(const std::string& folder, int64_t vocab_size, int64_t max_shard_tokens = 1000) {
  TokenDatasetWriter writer(folder,
                            {vocab_size, std::string(64, 'a'), {"en", "zh"}, max_shard_tokens});
  ASSERT_TRUE(writer.Add("train", Tokens{1, 50, 60, 2}, 7, 0).ok());
  ASSERT_TRUE(writer.Add("validation", Tokens{1, 2}, 0, 1).ok());
  ASSERT_TRUE(writer.Add("train", Tokens{1, 65535, 2}, 3, 1).ok());
  ASSERT_TRUE(writer.Finish().ok());
}

TEST(TokenDataset, GivesBackDocumentsWithLanguageAndSize) {
  const TempFolder folder;
  Write(folder.path(), 65536);
  const auto dataset = TokenDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->vocab_size(), 65536);
  EXPECT_THAT(dataset->languages(), ElementsAre("en", "zh"));
  EXPECT_EQ(dataset->tokenizer_sha256(), std::string(64, 'a'));
  ASSERT_EQ(dataset->part("train").size(), 1u);
  const TokenShard& train = dataset->part("train")[0];
  EXPECT_EQ(train.num_tokens(), 7);
  ASSERT_EQ(train.num_documents(), 2);
  EXPECT_THAT(train.Tokens(4, train.document_end(1)), ElementsAre(1, 65535, 2));
  EXPECT_EQ(train.document(1).num_text_bytes, 3u);
  EXPECT_EQ(train.document(1).language, 1u);
  EXPECT_EQ(train.DocumentAt(3), 0);
  EXPECT_EQ(train.DocumentAt(4), 1);
  EXPECT_EQ(train.DocumentAt(6), 1);
  EXPECT_THAT(dataset->part("validation")[0].Tokens(0, 2), ElementsAre(1, 2));
  EXPECT_TRUE(dataset->part("other").empty());
}

TEST(ShardTokensFor, IsTheUsualUntilThereWouldBeTooManyShards) {
  EXPECT_EQ(ShardTokensFor(0), int64_t{1} << 28);
  EXPECT_EQ(ShardTokensFor((int64_t{1} << 41) - 1), int64_t{1} << 28);
  EXPECT_EQ(ShardTokensFor(int64_t{1} << 41), int64_t{1} << 29);
  // 25 10^12 tokens, of some 100 TB of text: 5,821 shards.
  const int64_t num_tokens = 25'000'000'000'000;
  EXPECT_EQ(ShardTokensFor(num_tokens), int64_t{1} << 32);
  EXPECT_EQ(num_tokens / ShardTokensFor(num_tokens), 5820);
}

// The bytes of the format, written by hand.
TEST(TokenDataset, FilesAreLittleEndianAndTwoBytesATokenUpToThatVocabulary) {
  const TempFolder folder;
  Write(folder.path(), 65536);
  EXPECT_EQ(*ReadFile(folder / "validation-00000.tokens"), std::string("\1\0\2\0", 4));
  EXPECT_EQ(*ReadFile(folder / "validation-00000.documents"),
            std::string("\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 16));
  const TempFolder large;
  Write(large.path(), 65537);
  EXPECT_EQ(*ReadFile(large / "validation-00000.tokens"), std::string("\1\0\0\0\2\0\0\0", 8));
  EXPECT_THAT(TokenDataset::Open(large.path())->part("train")[0].Tokens(4, 7),
              ElementsAre(1, 65535, 2));
}

TEST(TokenDataset, ShardsHoldWholeDocuments) {
  const TempFolder folder;
  Write(folder.path(), 65536, /*max_shard_tokens=*/5);
  const auto dataset = TokenDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  ASSERT_EQ(dataset->part("train").size(), 2u);
  EXPECT_THAT(dataset->part("train")[0].Tokens(0, 4), ElementsAre(1, 50, 60, 2));
  EXPECT_THAT(dataset->part("train")[1].Tokens(0, 3), ElementsAre(1, 65535, 2));
}

TEST(TokenDataset, AShardIsOpenedByItself) {
  const TempFolder folder;
  Write(folder.path(), 65536, /*max_shard_tokens=*/5);
  const auto sizes = TokenDataset::ShardSizes(folder.path(), "train");
  ASSERT_TRUE(sizes.ok()) << sizes.status();
  ASSERT_EQ(sizes->size(), 2u);
  EXPECT_EQ((*sizes)[0].tokens, 4);
  EXPECT_EQ((*sizes)[1].tokens, 3);
  EXPECT_EQ((*sizes)[1].documents, 1);
  EXPECT_TRUE(TokenDataset::ShardSizes(folder.path(), "other")->empty());
  // Damage of another shard is not looked at.
  ASSERT_TRUE(PublishFile(folder / "train-00000.tokens", "xx").ok());
  ASSERT_TRUE(RemoveTree(folder / "validation-00000.tokens").ok());
  const auto shard = TokenDataset::OpenShard(folder.path(), "train", 1);
  ASSERT_TRUE(shard.ok()) << shard.status();
  EXPECT_THAT(shard->Tokens(0, 3), ElementsAre(1, 65535, 2));
  EXPECT_EQ(shard->document(0).language, 1u);
  const auto refusal = [&](const std::string& part, int64_t number) {
    const absl::Status status = TokenDataset::OpenShard(folder.path(), part, number).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("train", 0), HasSubstr("train-00000.tokens: not of the size"));
  EXPECT_THAT(refusal("validation", 0), HasSubstr("validation-00000.tokens: missing"));
  EXPECT_THAT(refusal("train", 2), HasSubstr("names no shard 2 of train"));
  EXPECT_THAT(refusal("train", -1), HasSubstr("names no shard -1 of train"));
  EXPECT_THAT(refusal("other", 0), HasSubstr("names no shard 0 of other"));
}

TEST(TokenDataset, ExistsOnlyOnceItIsFinished) {
  const TempFolder folder;
  TokenDatasetWriter writer(folder.path(), {10, "", {"en"}});
  ASSERT_TRUE(writer.Add("train", Tokens{1, 2}, 1, 0).ok());
  EXPECT_FALSE(TokenDataset::Open(folder.path()).ok());
}

TEST(TokenDataset, DamageIsNamed) {
  const auto refusal = [](const std::string& file, std::string_view bytes) {
    const TempFolder folder;
    Write(folder.path(), 100);
    EXPECT_TRUE(PublishFile(folder / file, bytes).ok());
    const absl::Status status = TokenDataset::Open(folder.path()).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("train-00000.tokens", "xx"), HasSubstr("not of the size"));
  EXPECT_THAT(refusal("train-00000.documents", std::string(16, '\0')),
              HasSubstr("not of the size"));
  // Both documents begin at 0, so the first has no token.
  EXPECT_THAT(refusal("train-00000.documents", std::string(32, '\0')),
              HasSubstr("document 0 has no place"));
  EXPECT_THAT(refusal("train-00000.documents", std::string(32, '\1')),
              HasSubstr("does not begin at the first token"));
  std::string languages(32, '\0');
  languages[12] = 2;  // of the first document; there are two languages
  languages[16] = 4;
  EXPECT_THAT(refusal("train-00000.documents", languages),
              HasSubstr("document 0 has the language 2 of 2"));
  EXPECT_THAT(refusal("tokens.json", "{"), HasSubstr("tokens.json"));
  EXPECT_THAT(refusal("tokens.json", "{\"format\": 3}"), HasSubstr("tokens.json"));
}

TEST(TokenDataset, AManifestIsReadAsStrictlyAsAnyDocument) {
  const TempFolder folder;
  Write(folder.path(), 100);
  const std::string manifest = *ReadFile(folder / "tokens.json");
  const auto refusal = [&](std::string_view from, std::string_view to) {
    std::string changed = manifest;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_TRUE(PublishFile(folder / "tokens.json", changed).ok());
    const absl::Status status = TokenDataset::Open(folder.path()).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("\"vocab_size\": 100", "\"vocab_size\": 100, \"vocab_size\": 99"),
              HasSubstr("tokens.json: duplicate key \"vocab_size\""));
  EXPECT_THAT(refusal("\"vocab_size\": 100", "\"vocab_size\": 1e2"), HasSubstr("\"vocab_size\""));
  EXPECT_THAT(refusal("\"tokens\": 7", "\"tokens\": 9223372036854775807"),
              HasSubstr("not of the size"));
  EXPECT_THAT(refusal("\"tokens\": 7", "\"tokens\": -7"), HasSubstr("not of the size"));
  EXPECT_THAT(refusal("\"vocab_size\": 100", "\"vocab_size\": 0"), HasSubstr("not positive"));
  EXPECT_THAT(refusal("\"train\"", "\"../train\""), HasSubstr("the part \"../train\""));
  EXPECT_THAT(refusal("\"en\"", "1"), HasSubstr("languages"));
}

}  // namespace
}  // namespace bench::harness
