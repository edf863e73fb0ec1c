#include "harness/tokenizers/sentencepiece_model.h"

#include <gtest/gtest.h>

#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness::internal {
namespace {

TEST(SentencePieceModel, ReportsWhyBytesAreNoModel) {
  std::string error;
  EXPECT_EQ(SentencePieceModel::Load("nothing", error), nullptr);
  EXPECT_FALSE(error.empty());
}

TEST(SentencePieceModel, PiecesSpellTheText) {
  std::string error;
  const auto model = SentencePieceModel::Load(TestModelBytes(), error);
  ASSERT_NE(model, nullptr) << error;
  std::string text;
  for (const int id : model->Encode("Open the file")) text += model->Piece(id);
  EXPECT_EQ(text, "Open▁the▁file");
  EXPECT_TRUE(model->IsControl(model->bos_id()));
  EXPECT_FALSE(model->IsControl(model->vocab_size() - 1));
}

TEST(TrainSentencePiece, UnknownOptionIsAnError) {
  const auto result = TrainSentencePiece({{"no_such_option", "1"}}, TextsOf(TestTexts()));
  EXPECT_FALSE(result.error.empty());
}

}  // namespace
}  // namespace bench::harness::internal
