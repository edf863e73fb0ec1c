#include "harness/tokenizers/sentencepiece_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// That `tokenizers` gives the ids of SentencePiece is checked where it is installed, by
// tests/commands/export_vs_transformers.py; here is what can be said of the file itself.

std::string Train(TokenizerSpec spec, const std::vector<std::string>& texts,
                  const std::vector<std::string>& whole_pieces = {}) {
  return *TrainTokenizer(TextsOf(texts), spec, whole_pieces);
}

std::string Varint(size_t value) {
  std::string bytes;
  for (; value > 0x7F; value >>= 7) bytes += static_cast<char>(0x80 | (value & 0x7F));
  return bytes + static_cast<char>(value);
}
// One more piece for a model: ModelProto's field 1, with the piece's text and a score of its own.
std::string PieceMessage(const std::string& text) {
  const float score = -1e6F;
  std::string piece = "\x0a" + Varint(text.size()) + text + "\x15";
  piece.append(reinterpret_cast<const char*>(&score), sizeof(score));
  return "\x0a" + Varint(piece.size()) + piece;
}

Json Convert(const std::string& model) {
  const auto converted = ConvertSentencePiece(model, "<s>");
  EXPECT_TRUE(converted.ok()) << converted.status();
  return Json::parse(converted->tokenizer_json);
}

TEST(ConvertSentencePiece, CharactersHaveNoMergesAndNoCaveat) {
  const std::string model = Train(TestSpec(TokenizerAlgorithm::kCharacter), TestTexts(), {"a b"});
  const auto converted = ConvertSentencePiece(model, "<s>");
  ASSERT_TRUE(converted.ok()) << converted.status();
  EXPECT_EQ(converted->caveat, "");
  const Json json = Json::parse(converted->tokenizer_json);
  EXPECT_TRUE(json["model"]["merges"].empty());
  EXPECT_EQ(json["model"]["byte_fallback"], true);
  EXPECT_EQ(json["post_processor"]["special_tokens"]["<s>"]["ids"], Json::array({1}));
  std::map<std::string, Json> added;
  for (const Json& token : json["added_tokens"]) added[token["content"]] = token;
  ASSERT_EQ(added.size(), 5u);  // unknown, BOS, EOS, padding, and the whole piece
  EXPECT_EQ(added["a\u2581b"]["special"], false);
  EXPECT_EQ(added["a\u2581b"]["normalized"], true);
  EXPECT_EQ(added["</s>"]["special"], true);
  EXPECT_EQ(added["</s>"]["id"], 2);
}

// Every merge makes a piece, and merges come in the order of these pieces, which is that of ids.
TEST(ConvertSentencePiece, MergesMakePiecesInTheirOrder) {
  const Json json = Convert(Train(TestSpec(TokenizerAlgorithm::kBpe), TestTexts()));
  const Json& vocabulary = json["model"]["vocab"];
  ASSERT_FALSE(json["model"]["merges"].empty());
  int64_t last = 0;
  for (const Json& merge : json["model"]["merges"]) {
    const std::string piece = merge[0].get<std::string>() + merge[1].get<std::string>();
    ASSERT_TRUE(vocabulary.contains(piece)) << piece;
    EXPECT_GE(vocabulary[piece].get<int64_t>(), last) << piece;
    last = vocabulary[piece].get<int64_t>();
  }
}

TEST(ConvertSentencePiece, UnigramPutsControlAndBytePiecesOutOfReach) {
  const Json json = Convert(Train(TestSpec(TokenizerAlgorithm::kUnigram), TestTexts()));
  double lowest = 0;
  for (size_t id = 260; id < json["model"]["vocab"].size(); ++id) {
    lowest = std::min(lowest, json["model"]["vocab"][id][1].get<double>());
  }
  for (size_t id = 0; id < 260; ++id) {
    EXPECT_LT(json["model"]["vocab"][id][1].get<double>(), 100 * lowest) << id;
  }
  // No text of the corpus has "<": it is a word of its own, so that "<s>" never forms.
  EXPECT_THAT(json["pre_tokenizer"]["pattern"]["Regex"].get<std::string>(), HasSubstr("\\x{3c}"));
}

TEST(ConvertSentencePiece, SaysWhichTextsMayDiffer) {
  const auto caveat = [](const std::vector<std::string>& whole_pieces) {
    return ConvertSentencePiece(
               Train(TestSpec(TokenizerAlgorithm::kUnigram), TestTexts(), whole_pieces), "<s>")
        ->caveat;
  };
  EXPECT_THAT(caveat({"x#y"}), HasSubstr("32-bit rounding"));
  EXPECT_THAT(caveat({"x#y"}), HasSubstr("\"x#y\""));
  EXPECT_THAT(caveat({"cat sat"}), HasSubstr("32-bit rounding"));
  EXPECT_THAT(caveat({"cat sat"}), Not(HasSubstr("overlaps")));
}

TEST(ConvertSentencePiece, RefusesWhatCannotBeExpressed) {
  const auto refusal = [](const std::string& model) {
    const auto converted = ConvertSentencePiece(model, "<s>");
    EXPECT_EQ(ExitCodeFor(converted.status()), ExitCode::kBadData);
    return std::string(converted.status().message());
  };
  TokenizerSpec no_bytes = TestSpec(TokenizerAlgorithm::kUnigram);
  no_bytes.byte_fallback = false;
  no_bytes.vocab_size = 80;
  EXPECT_THAT(refusal(Train(no_bytes, TestTexts())), HasSubstr("without byte pieces"));
  const std::string bpe = Train(TestSpec(TokenizerAlgorithm::kBpe), TestTexts());
  EXPECT_TRUE(ConvertSentencePiece(bpe + PieceMessage(std::string(65536, 'l')), "<s>").ok());
  EXPECT_THAT(refusal(bpe + PieceMessage(std::string(65537, 'l'))),
              HasSubstr("lll...\" has 65537 bytes; the most is 65536"));
  // The defaults of the format: NormalizerSpec without fields adds a prefix.
  EXPECT_THAT(refusal(std::string("\x1a\x00", 2)), HasSubstr("normaliser"));
}

}  // namespace
}  // namespace bench::harness
