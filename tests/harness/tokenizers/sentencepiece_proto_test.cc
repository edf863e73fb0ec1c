#include "harness/tokenizers/sentencepiece_proto.h"

#include <gtest/gtest.h>

#include <random>

#include "base/status.h"
#include "harness/tokenizers/sentencepiece_model.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

// Against the library that wrote the model.
TEST(DescribeSentencePiece, PiecesAreThoseOfTheLibrary) {
  const auto description = DescribeSentencePiece(TestModelBytes());
  ASSERT_TRUE(description.ok()) << description.status();
  std::string error;
  const auto model = internal::SentencePieceModel::Load(TestModelBytes(), error);
  ASSERT_NE(model, nullptr) << error;
  ASSERT_EQ(std::ssize(description->pieces), model->vocab_size());
  for (int id = 0; id < model->vocab_size(); ++id) {
    const SentencePiece& piece = description->pieces[static_cast<size_t>(id)];
    EXPECT_EQ(piece.text, model->Piece(id));
    EXPECT_EQ(piece.kind == PieceKind::kControl, model->IsControl(id));
    EXPECT_EQ(piece.kind == PieceKind::kByte, piece.text.starts_with("<0x"));
  }
  EXPECT_EQ(description->pieces[0].kind, PieceKind::kUnknown);
}

TEST(DescribeSentencePiece, SettingsAreThoseOfTheTraining) {
  const std::pair<TokenizerAlgorithm, PieceModel> kinds[] = {
      {TokenizerAlgorithm::kUnigram, PieceModel::kUnigram},
      {TokenizerAlgorithm::kBpe, PieceModel::kBpe},
      {TokenizerAlgorithm::kCharacter, PieceModel::kCharacter}};
  for (const auto& [algorithm, expected] : kinds) {
    TokenizerSpec spec = TestSpec(algorithm);
    spec.byte_fallback = algorithm != TokenizerAlgorithm::kCharacter;
    const auto bytes = TrainTokenizer(TextsOf(TestTexts()), spec, {"whole piece"});
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    const auto description = DescribeSentencePiece(*bytes);
    ASSERT_TRUE(description.ok()) << description.status();
    EXPECT_EQ(description->model, expected);
    EXPECT_EQ(description->byte_fallback, spec.byte_fallback);
    EXPECT_FALSE(description->adds_dummy_prefix);
    EXPECT_FALSE(description->removes_extra_whitespace);
    EXPECT_TRUE(description->escapes_whitespace);
    EXPECT_FALSE(description->has_character_map);
    EXPECT_EQ(description->pieces[4].text, "whole\u2581piece");
    EXPECT_EQ(description->pieces[4].kind, PieceKind::kUserDefined);
  }
}

TEST(DescribeSentencePiece, CutMessagesAreRefusedOrShorter) {
  const std::string& bytes = TestModelBytes();
  const size_t num_pieces = DescribeSentencePiece(bytes)->pieces.size();
  size_t num_refused = 0;
  for (size_t size = 0; size < bytes.size(); size += 7) {
    const auto description = DescribeSentencePiece(std::string_view(bytes).substr(0, size));
    if (description.ok()) {
      EXPECT_LE(description->pieces.size(), num_pieces);
    } else {
      EXPECT_EQ(ExitCodeFor(description.status()), ExitCode::kBadData);
      ++num_refused;
    }
  }
  EXPECT_GT(num_refused, 0u);
}

TEST(DescribeSentencePiece, RefusesNumbersThatCannotBe) {
  const std::string too_long = "\x08" + std::string(11, '\xff');  // a number of 77 bits
  const std::string kind_9("\x0a\x02\x18\x09", 4);                // a piece of kind 9
  const std::string group("\x0b", 1);                             // wire type 3
  for (const std::string& bytes : {too_long, kind_9, group}) {
    EXPECT_EQ(ExitCodeFor(DescribeSentencePiece(bytes).status()), ExitCode::kBadData);
  }
}

}  // namespace
}  // namespace bench::harness
