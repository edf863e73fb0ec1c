#include "harness/tokenizers/sentencepiece_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "base/status.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

TEST(SentencePieceBackend, ControlTokensAreThoseOfTheModelOnly) {
  const auto backend = LoadSentencePiece(TestModelBytes(), "test");
  ASSERT_TRUE(backend.ok()) << backend.status();
  EXPECT_EQ((*backend)->ControlToken("<s>"), 1);
  EXPECT_EQ((*backend)->ControlToken("</s>"), 2);
  EXPECT_EQ((*backend)->ControlToken("<pad>"), 3);
  // A byte piece, an ordinary piece, none at all.
  for (const char* name : {"<0x41>", "a", "<|im_start|>"}) {
    EXPECT_EQ((*backend)->ControlToken(name), std::nullopt);
  }
  const SpecialTokenIds ids = (*backend)->special_tokens();
  EXPECT_EQ(ids.bos, 1);
  EXPECT_EQ(ids.eos, 2);
  EXPECT_EQ(ids.pad, 3);
}

TEST(SentencePieceBackend, RefusesIdsOutsideTheVocabulary) {
  const auto backend = LoadSentencePiece(TestModelBytes(), "test");
  ASSERT_TRUE(backend.ok()) << backend.status();
  const int64_t size = (*backend)->vocab_size();
  // The last two are valid ids again when cut to 32 bits.
  for (const int64_t id : {int64_t{-1}, size, size + 1000, int64_t{1} << 32, -(int64_t{1} << 32)}) {
    const std::array<int64_t, 2> ids = {size - 1, id};
    EXPECT_THROW((*backend)->Decode(ids), std::out_of_range) << id;
    EXPECT_THROW((*backend)->Piece(id), std::out_of_range) << id;
  }
  EXPECT_NE((*backend)->Piece(size - 1), "");
}

TEST(SentencePieceBackend, RefusesForeignBytesByName) {
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string(100, '\0')}) {
    const auto backend = LoadSentencePiece(bytes, "own.model");
    EXPECT_EQ(ExitCodeFor(backend.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(backend.status().message()), HasSubstr("own.model: "));
  }
}

}  // namespace
}  // namespace bench::harness
