#include "harness/tokenizers/byte_level_bpe.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/harness/tokenizers/golden_tokenizer.h"

namespace bench::harness {
namespace {

class EveryKind : public ::testing::TestWithParam<std::string> {
 protected:
  EveryKind() : golden_(GetParam()) {
    const std::string path = BENCH_TEST_DATA "/harness/tokenizers/golden/tokenizers.json";
    rows_ = nlohmann::json::parse(*ReadFile(path))[GetParam()];
  }

  const GoldenTokenizer golden_;
  nlohmann::json rows_;
};

// Ids and texts of PyPI tokenizers (make_tokenizer_golden.py).
TEST_P(EveryKind, GivesTheIdsAndTextsOfPypiTokenizers) {
  ASSERT_EQ(rows_.size(), 200u);
  const ByteLevelBpe& ours = golden_.backend();
  for (const nlohmann::json& row : rows_) {
    const std::string text = row["string"];
    EXPECT_EQ(ours.Encode(text), row["text"].get<std::vector<int64_t>>()) << text;
    std::vector<int64_t> full = ours.prefix();
    for (const int64_t token : ours.Encode(text, SpecialTokenText::kIsToken)) full.push_back(token);
    EXPECT_EQ(full, row["full"].get<std::vector<int64_t>>()) << text;
    EXPECT_EQ(ours.Decode(full), row["decoded"].get<std::string>()) << text;
  }
}

TEST_P(EveryKind, NeverGivesAControlTokenForText) {
  const ByteLevelBpe& ours = golden_.backend();
  for (int64_t id = 0; id < ours.vocab_size(); ++id) {
    const std::optional<int64_t> control = ours.ControlToken(ours.Piece(id));
    if (!control) continue;
    EXPECT_EQ(*control, id);
    for (const int64_t token : ours.Encode(ours.Piece(id))) {
      EXPECT_FALSE(ours.ControlToken(ours.Piece(token))) << ours.Piece(token);
    }
    EXPECT_EQ(ours.Encode(ours.Piece(id), SpecialTokenText::kIsToken), std::vector<int64_t>{id});
    EXPECT_EQ(ours.Decode(std::vector<int64_t>{id}), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, ::testing::Values("llama3", "qwen2", "smollm"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(EveryKind, RefusesIdsOutsideTheVocabulary) {
  const ByteLevelBpe& ours = golden_.backend();
  for (const int64_t id : {int64_t{-1}, ours.vocab_size(), ours.vocab_size() + 100000}) {
    EXPECT_THROW(ours.Decode(std::array<int64_t, 1>{id}), std::out_of_range) << id;
    EXPECT_THROW(ours.Piece(id), std::out_of_range) << id;
  }
}

TEST(ByteLevelBpe, ReadsInvalidUtf8AsReplacements) {
  const GoldenTokenizer golden("smollm");
  EXPECT_EQ(golden.backend().Encode("a\xE6\x89 \xFF"), golden.backend().Encode("a\uFFFD \uFFFD"));
}

TEST(ByteLevelBpe, BytesThatFormNoCharacterDecodeToReplacements) {
  const GoldenTokenizer golden("smollm");
  std::vector<int64_t> tokens;
  for (const char* piece : {"a", "æ", "ī", "b"}) {  // bytes E6 and 89, the start of a character
    for (int64_t id = 0; id < golden.backend().vocab_size(); ++id) {
      if (golden.backend().Piece(id) == piece) tokens.push_back(id);
    }
  }
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(golden.backend().Decode(tokens), "a\uFFFDb");
}

TEST(ByteLevelBpe, ASingleTokenBeforeATextIsBos) {
  const GoldenTokenizer llama3("llama3");
  EXPECT_EQ(llama3.backend().special_tokens().bos,
            llama3.backend().ControlToken("<|begin_of_text|>"));
  EXPECT_EQ(GoldenTokenizer("qwen2").backend().special_tokens().bos, std::nullopt);
}

}  // namespace
}  // namespace bench::harness
