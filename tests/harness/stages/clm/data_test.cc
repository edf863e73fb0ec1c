#include "harness/stages/clm/data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/stop_request.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Tokens = std::vector<int64_t>;

// Documents [1 5 6 7 2], [1 8 2] and [1 9 10 2], BOS 1 and EOS 2, in one shard and one of two.
class ClmSequencesTest : public ::testing::Test {
 protected:
  TokenDataset Dataset(int64_t max_shard_tokens) {
    TokenDatasetWriter writer(folder_.path(), {16, "", {"en"}, max_shard_tokens});
    for (const Tokens& tokens : {Tokens{1, 5, 6, 7, 2}, Tokens{1, 8, 2}, Tokens{1, 9, 10, 2}}) {
      EXPECT_TRUE(writer.Add("train", tokens, 1, 0).ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
    return *TokenDataset::Open(folder_.path());
  }

  TempFolder folder_;
};

TEST_F(ClmSequencesTest, CutTheStreamIntoInputsAndOneTargetMore) {
  const TokenDataset dataset = Dataset(100);
  const ClmSequences sequences(dataset.part("train"), 4);
  ASSERT_EQ(sequences.size(), 3);
  EXPECT_THAT(sequences[0].tokens, ElementsAre(1, 5, 6, 7, 2));
  EXPECT_TRUE(sequences[0].document_starts.empty());
  EXPECT_THAT(sequences[1].tokens, ElementsAre(2, 1, 8, 2, 1));
  EXPECT_THAT(sequences[1].document_starts, ElementsAre(1, 4));
  EXPECT_THAT(sequences[2].tokens, ElementsAre(1, 9, 10, 2));
  EXPECT_TRUE(sequences[2].document_starts.empty());  // index 0 needs no cut
}

TEST_F(ClmSequencesTest, DoNotCrossShards) {
  const TokenDataset dataset = Dataset(8);  // the third document has a shard of its own
  ASSERT_EQ(dataset.part("train").size(), 2u);
  const ClmSequences sequences(dataset.part("train"), 4);
  ASSERT_EQ(sequences.size(), 3);
  EXPECT_THAT(sequences[1].tokens, ElementsAre(2, 1, 8, 2));
  EXPECT_THAT(sequences[2].tokens, ElementsAre(1, 9, 10, 2));
}

// Every token but the first of a document is a target exactly once.
TEST_F(ClmSequencesTest, TrainOnEveryTokenOfEveryDocumentOnce) {
  const TokenDataset dataset = Dataset(100);
  for (const int64_t max_tokens : {2, 3, 4, 5, 100}) {
    const ClmSequences sequences(dataset.part("train"), max_tokens);
    Tokens targets;
    for (int64_t i = 0; i < sequences.size(); ++i) {
      const CausalBatch batch = MakeClmBatch({sequences[i]}, DocumentAttention::kWithin, at::kCPU);
      const int64_t* data = batch.targets_M.const_data_ptr<int64_t>();
      targets.insert(targets.end(), data, data + batch.targets_M.numel());
    }
    EXPECT_THAT(targets, ElementsAre(5, 6, 7, 2, 8, 2, 9, 10, 2)) << max_tokens;
  }
}

const ClmSequence kTwoDocuments = {{5, 6, 2, 1, 8, 2}, {3}};

TEST(MakeClmBatch, WithinDocumentsNothingCrosses) {
  const CausalBatch batch = MakeClmBatch({kTwoDocuments}, DocumentAttention::kWithin, at::kCPU);
  EXPECT_TRUE(batch.inputs.tokens_N.equal(at::tensor({5, 6, 2, 1, 8}, at::kLong)));
  EXPECT_TRUE(batch.inputs.positions_N.equal(at::tensor({0, 1, 2, 0, 1}, at::kLong)));
  EXPECT_THAT(batch.inputs.offsets, ElementsAre(0, 3, 5));
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({0, 1, 3, 4}, at::kLong)));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({6, 2, 8, 2}, at::kLong)));
}

TEST(MakeClmBatch, AcrossDocumentsTheSequenceIsOne) {
  const CausalBatch batch = MakeClmBatch({kTwoDocuments}, DocumentAttention::kAcross, at::kCPU);
  EXPECT_THAT(batch.inputs.offsets, ElementsAre(0, 5));
  EXPECT_TRUE(batch.inputs.positions_N.equal(at::tensor({0, 1, 2, 3, 4}, at::kLong)));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({6, 2, 1, 8, 2}, at::kLong)));
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({0, 1, 2, 3, 4}, at::kLong)));
}

TEST(MakeClmBatch, ADocumentThatOnlyBeginsGivesNoInput) {
  const ClmSequence sequence = {{5, 2, 1}, {2}};
  const CausalBatch batch =
      MakeClmBatch({sequence, kTwoDocuments}, DocumentAttention::kWithin, at::kCPU);
  EXPECT_THAT(batch.inputs.offsets, ElementsAre(0, 2, 5, 7));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({2, 6, 2, 8, 2}, at::kLong)));
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({0, 2, 3, 5, 6}, at::kLong)));
}

TEST(TokeniseText, HoldsOutTheEndOfTheTextAtACharacter) {
  const TempFolder folder;
  const std::string text = "say it\nsay 9 \u4e2d\u4e2d\u4e2d";  // 13 bytes, then three of three
  const Tokenizer tokenizer = TinyTokenizer();
  ASSERT_TRUE(TokeniseText({text, "t"}, tokenizer, 0.3, folder / "out").ok());  // 15.4 bytes
  const auto dataset = TokenDataset::Open(folder / "out");
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  const TokenShard& train = dataset->part("train")[0];
  const TokenShard& validation = dataset->part("validation")[0];
  EXPECT_EQ(train.document(0).num_text_bytes, 16u);
  EXPECT_EQ(validation.document(0).num_text_bytes, 6u);
  const Tokens first = train.Tokens(0, train.num_tokens());
  const Tokens second = validation.Tokens(0, validation.num_tokens());
  EXPECT_EQ(first.front(), tokenizer.bos_id());
  EXPECT_EQ(second.back(), tokenizer.eos_id());
  EXPECT_EQ(tokenizer.Decode(first) + tokenizer.Decode(second), text);
}

TEST(TokeniseText, NamesATextThatIsTooShort) {
  const TempFolder folder;
  for (const char* text : {"a", ""}) {
    const absl::Status status =
        TokeniseText({text, "short.txt"}, TinyTokenizer(), 0.1, folder / "o");
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
    EXPECT_THAT(std::string(status.message()), HasSubstr("short.txt: "));
    EXPECT_THAT(std::string(status.message()), HasSubstr("one character at most"));
  }
}

// The cut falls into the last character, or behind it: the character is held out.
TEST(TokeniseText, OfTwoCharactersOneIsHeldOut) {
  const TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  for (const std::string text : {"ab", "a\u4e2d", "\u4e2d\u4e2d"}) {
    ASSERT_TRUE(TokeniseText({text, "t"}, tokenizer, 0.1, folder / "out").ok()) << text;
    const auto dataset = TokenDataset::Open(folder / "out");
    const auto bytes = [&](const char* part) {
      return dataset->part(part)[0].document(0).num_text_bytes;
    };
    const uint32_t last = text.back() == 'b' ? 1 : 3;
    EXPECT_EQ(bytes("validation"), last) << text;
    EXPECT_EQ(bytes("train"), text.size() - last) << text;
  }
}

TEST(TokeniseText, AStopSignalEndsIt) {
  const TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  const StopRequest stop;
  const absl::Status status =
      TokeniseText({"say it\nsay 9\nsay it\n", "t"}, tokenizer, 0.3, folder / "out");
  EXPECT_TRUE(IsStopped(status)) << status;
  EXPECT_FALSE(Exists(folder / "out/tokens.json"));
}

TEST(ReadClmText, IsAFileOrAFoldersFilesInOrder) {
  const TempFolder folder;
  ASSERT_TRUE(MakeFolders(folder / "d/sub").ok());
  for (const char* file : {"d/b", "d/a", "d/sub/c"}) {
    ASSERT_TRUE(PublishFile(folder / file, std::string(file) + "\n").ok());
  }
  EXPECT_EQ(ReadClmText(folder / "d/b")->text, "d/b\n");
  EXPECT_EQ(ReadClmText(folder / "d")->text, "d/a\nd/b\nd/sub/c\n");
  ASSERT_TRUE(PublishFile(folder / "d/b", "abc\xff").ok());
  const absl::Status status = ReadClmText(folder / "d").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr("d/b: byte 3 is not UTF-8"));
}

TEST(TrainCharacterTokenizer, HasATokenForEveryCharacterOfTheText) {
  const std::string text = "to be,\tor\nnot \u4e2d to be\n";
  const auto tokenizer = TrainCharacterTokenizer({text, "t"});
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  // unk, bos, eos, pad and t o space b e , tab r newline n U+4E2D
  EXPECT_EQ(tokenizer->vocab_size(), 4 + 11);
  const Tokens tokens = tokenizer->Encode(text);
  EXPECT_EQ(std::ssize(tokens), 22);  // characters
  EXPECT_EQ(tokenizer->Decode(tokens), text);
}

}  // namespace
}  // namespace bench::harness
