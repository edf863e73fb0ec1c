#include "harness/data/synthetic_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "harness/data/prompt.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kVocabSize = 300;

Tokenizer MakeTokenizer() {
  const auto model = TrainSyntheticTokenizer(kVocabSize);
  EXPECT_TRUE(model.ok()) << model.status();
  auto tokenizer = Tokenizer::FromModelBytes(*model, "test");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

class LengthsFile {
 public:
  explicit LengthsFile(const std::string& text) {
    path_ = (std::filesystem::path(testing::TempDir()) / "lengths.json").string();
    EXPECT_TRUE(PublishFile(path_, text).ok());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(SyntheticTokenizer, HasExactlyTheVocabularyWithTheControlTokensFirst) {
  const Tokenizer tokenizer = MakeTokenizer();
  EXPECT_EQ(tokenizer.vocab_size(), kVocabSize);
  EXPECT_EQ(tokenizer.bos_id(), 1);
  EXPECT_EQ(tokenizer.eos_id(), 2);
  EXPECT_EQ(tokenizer.pad_id(), 3);
  for (int64_t token = kSyntheticControlTokens; token < kVocabSize; ++token) {
    EXPECT_EQ(tokenizer.TextBytes(token), 4) << token;  // a character beyond U+FFFF
  }
}

TEST(SyntheticTokenizer, EqualSizesGiveEqualBytes) {
  EXPECT_EQ(*TrainSyntheticTokenizer(kVocabSize), *TrainSyntheticTokenizer(kVocabSize));
  EXPECT_NE(*TrainSyntheticTokenizer(kVocabSize), *TrainSyntheticTokenizer(kVocabSize + 1));
}

// What a stage makes of the text is what is written for programs that read tokens.
TEST(SyntheticRows, TheirTextsAreReadAsTheseTokens) {
  const Tokenizer tokenizer = MakeTokenizer();
  const auto encoder = PromptEncoder::Create(tokenizer, PromptTemplate::kPlain);
  ASSERT_TRUE(encoder.ok()) << encoder.status();
  Random random(7);
  const auto rows = DrawRows({{5, {9}}, {2, {2}}, {40, {3}}}, 7, kVocabSize, random);
  ASSERT_EQ(rows.size(), 7U);
  for (const SyntheticRow& row : rows) {
    const SftExample example = {SyntheticText(row.prompt, tokenizer), "",
                                SyntheticText(row.responses[0], tokenizer), ""};
    const auto tokenized = encoder->Tokenize(example, /*max_tokens=*/64);
    ASSERT_TRUE(tokenized.has_value());
    std::vector<int64_t> both = row.prompt;
    both.insert(both.end(), row.responses[0].begin(), row.responses[0].end());
    EXPECT_EQ(tokenized->tokens, both);
    EXPECT_EQ(tokenized->num_prompt_tokens, std::ssize(row.prompt));
  }
}

TEST(SyntheticRows, HaveTheLengthsInTurn) {
  Random random(7);
  const auto rows = DrawRows({{5, {9, 4}}, {2, {2, 3}}}, 3, kVocabSize, random);
  ASSERT_EQ(rows.size(), 3U);
  const std::vector<std::vector<size_t>> expected = {{5, 9, 4}, {2, 2, 3}, {5, 9, 4}};
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_THAT(expected[i], ElementsAre(rows[i].prompt.size(), rows[i].responses[0].size(),
                                         rows[i].responses[1].size()));
    EXPECT_EQ(rows[i].prompt.front(), 1);
    EXPECT_EQ(rows[i].responses[1].back(), 2);
  }
}

// Of n draws from m tokens about n / m are of each; 10 standard deviations of that.
TEST(DrawTokens, IsUniformOverWhatIsNoControlToken) {
  constexpr int64_t kVocab = 14;
  constexpr int64_t kDraws = 40000;
  Random random(3);
  std::vector<int64_t> counts(kVocab);
  for (const int64_t token : DrawTokens(kDraws, kVocab, random)) {
    ++counts[static_cast<size_t>(token)];
  }
  for (int64_t token = 0; token < kVocab; ++token) {
    const int64_t expected = token < kSyntheticControlTokens ? 0 : kDraws / 10;
    EXPECT_NEAR(static_cast<double>(counts[static_cast<size_t>(token)]),
                static_cast<double>(expected), expected == 0 ? 0 : 600);
  }
}

TEST(RowLengths, AreThoseOfTheKindOfRows) {
  const LengthsFile file(R"({"about": "x", "sft": [[3, 4], [5, 6]], "preference": [[7, 8, 9]]})");
  EXPECT_THAT(*ReadRowLengths(file.path(), SyntheticRows::kInstructions),
              ElementsAre(RowLengths{3, {4}}, RowLengths{5, {6}}));
  EXPECT_THAT(*ReadRowLengths(file.path(), SyntheticRows::kPreferences),
              ElementsAre(RowLengths{7, {8, 9}}));
}

TEST(RowLengths, OfOneLengthNeedNoFile) {
  SyntheticSpec spec;
  spec.rows = SyntheticRows::kPreferences;
  EXPECT_THAT(*RowLengthsOf(spec, ""), ElementsAre(RowLengths{64, {64, 64}}));
}

TEST(RowLengths, AnotherFormIsRefusedByItsPlace) {
  const auto refusal = [](const std::string& text) {
    const LengthsFile file(text);
    return std::string(
        ReadRowLengths(file.path(), SyntheticRows::kInstructions).status().message());
  };
  EXPECT_THAT(refusal(R"({"preference": [[2, 2, 2]]})"), HasSubstr("\"sft\" is no list of rows"));
  EXPECT_THAT(refusal(R"({"sft": []})"), HasSubstr("\"sft\" is no list of rows"));
  EXPECT_THAT(refusal(R"({"sft": [[2, 2], [2]]})"), HasSubstr("sft[1]: is not a list of 2"));
  EXPECT_THAT(refusal(R"({"sft": [[2, 1]]})"), HasSubstr("sft[0]: has a length that is no"));
  EXPECT_THAT(refusal(R"({"sft": [[2, 2.5]]})"), HasSubstr("sft[0]: has a length that is no"));
  EXPECT_THAT(refusal(R"({"sft": [[2, 1e30]]})"), HasSubstr("sft[0]: has a length that is no"));
}

}  // namespace
}  // namespace bench::harness
