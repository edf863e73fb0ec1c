#include "harness/tokenizers/tokenizer_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using Beside = std::map<std::string, std::string>;

class ReadSpecialTokensTest : public ::testing::Test {
 protected:
  absl::StatusOr<SpecialTokenIds> Read(const GoldenTokenizer& golden, Beside beside) {
    return ReadSpecialTokens({TokenizerFormat::kTokenizerJson, "x", "", std::move(beside)},
                             golden.backend());
  }
  int64_t Id(const GoldenTokenizer& golden, std::string_view name) {
    return *golden.backend().ControlToken(name);
  }

  const GoldenTokenizer llama3_{"llama3"};
  const GoldenTokenizer qwen2_{"qwen2"};
};

TEST_F(ReadSpecialTokensTest, NamesAreTextsOrObjectsAndTheFirstFileThatNamesCounts) {
  const auto ids = Read(
      qwen2_,
      {{"tokenizer_config.json", R"({"eos_token": {"content": "<|im_end|>"}, "bos_token": null})"},
       {"special_tokens_map.json",
        R"({"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"})"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->eos, Id(qwen2_, "<|im_end|>"));
  EXPECT_EQ(ids->pad, Id(qwen2_, "<|endoftext|>"));
  EXPECT_EQ(ids->bos, std::nullopt);
}

TEST_F(ReadSpecialTokensTest, GenerationSettingsGiveIdsAndAListCountsByItsFirst) {
  const int64_t eot = Id(llama3_, "<|eot_id|>");
  const auto ids =
      Read(llama3_,
           {{"generation_config.json", R"({"eos_token_id": [)" + std::to_string(eot) + ", 3]}"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->eos, eot);
  EXPECT_EQ(ids->bos, Id(llama3_, "<|begin_of_text|>"));  // the file's own template
}

// AutoTokenizer of transformers 5.23, asked in folders of these files: a BOS that is named alone
// comes before no text; that of the post-processor does, whatever is named.
TEST_F(ReadSpecialTokensTest, ANameAloneMakesNoBos) {
  const std::pair<const char*, std::string> named[] = {
      {"tokenizer_config.json", R"({"bos_token": "<|endoftext|>"})"},
      {"special_tokens_map.json", R"({"bos_token": {"content": "<|endoftext|>"}})"},
      {"generation_config.json",
       R"({"bos_token_id": )" + std::to_string(Id(qwen2_, "<|endoftext|>")) + "}"}};
  for (const auto& [file, text] : named) {
    const auto ids = Read(qwen2_, {{file, text}});
    ASSERT_TRUE(ids.ok()) << ids.status();
    EXPECT_EQ(ids->bos, std::nullopt) << file;
  }
  const auto ids = Read(llama3_, {{"tokenizer_config.json", R"({"bos_token": "<|eot_id|>"})"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->bos, Id(llama3_, "<|begin_of_text|>"));
}

TEST_F(ReadSpecialTokensTest, ANamedBosThatIsAddedIsBos) {
  const auto ids =
      Read(qwen2_,
           {{"tokenizer_config.json", R"({"bos_token": "<|endoftext|>", "add_bos_token": true})"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->bos, Id(qwen2_, "<|endoftext|>"));
}

// What a model's default configuration writes into generation_config.json: BOS is the id 1, an
// ordinary token here.
TEST_F(ReadSpecialTokensTest, ABosThatIsNotUsedMayBeAnything) {
  const auto ids = Read(qwen2_, {{"tokenizer_config.json", R"({"eos_token": "<|im_end|>"})"},
                                 {"generation_config.json", R"({"bos_token_id": 1})"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->bos, std::nullopt);
  const auto added = Read(qwen2_, {{"tokenizer_config.json", R"({"add_bos_token": true})"},
                                   {"generation_config.json", R"({"bos_token_id": 1})"}});
  EXPECT_EQ(ExitCodeFor(added.status()), ExitCode::kBadData);
}

// Else a text with such a byte would end a row.
TEST_F(ReadSpecialTokensTest, AnEosThatATextCanBecomeIsRefused) {
  auto file = nlohmann::json::parse(GoldenTokenizer("smollm2").json());
  const auto read = [&](const char* unknown) {
    file["model"]["unk_token"] = unknown;
    return Tokenizer::FromFiles(GoldenTokenizer::Files("smollm2", file.dump()));
  };
  EXPECT_TRUE(read("<repo_name>").ok());
  const auto refused = read("<|im_end|>");
  EXPECT_EQ(ExitCodeFor(refused.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("eos_token: \"<|im_end|>\" is not among the special tokens of the "
                        "tokenizer, or is its unk_token"));
}

TEST_F(ReadSpecialTokensTest, ATokenizerThatAddsNoBosHasNone) {
  const auto ids = Read(
      llama3_,
      {{"tokenizer_config.json", R"({"bos_token": "<|begin_of_text|>", "add_bos_token": false})"}});
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->bos, std::nullopt);
}

TEST_F(ReadSpecialTokensTest, WhatCannotBeIsRefusedWithFileAndField) {
  const std::pair<Beside, const char*> cases[] = {
      {{{"tokenizer_config.json", R"({"eos_token": "</s>"})"}}, "tokenizer_config.json.eos_token"},
      {{{"tokenizer_config.json", R"({"eos_token": 3})"}}, "tokenizer_config.json.eos_token"},
      {{{"generation_config.json", R"({"eos_token_id": 4000})"}}, "eos_token_id"},
      {{{"generation_config.json", R"({"eos_token_id": []})"}}, "eos_token_id"},
      {{{"generation_config.json", R"({"eos_token_id": 5})"}}, "not the id of a special token"},
      {{{"special_tokens_map.json", "{"}}, "special_tokens_map.json: no valid JSON"}};
  for (const auto& [beside, named] : cases) {
    const auto ids = Read(qwen2_, beside);
    EXPECT_EQ(ExitCodeFor(ids.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(ids.status().message()), HasSubstr(named));
  }
}

TEST(ReadTokenizerConfig, IsAnEmptyObjectWhereThereIsNone) {
  const auto none = ReadTokenizerConfig({TokenizerFormat::kTokenizerJson, "x", "", {}});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, nlohmann::json::object());
  const auto read = ReadTokenizerConfig(
      {TokenizerFormat::kChatglm, "x", "", {{"tokenizer_config.json", R"({"a": 1})"}}});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ((*read)["a"], 1);
  const auto damaged =
      ReadTokenizerConfig({TokenizerFormat::kChatglm, "x", "", {{"tokenizer_config.json", "{"}}});
  EXPECT_EQ(ExitCodeFor(damaged.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(damaged.status().message()), HasSubstr("tokenizer_config.json"));
}

TEST_F(ReadSpecialTokensTest, TokenizerWithoutEosIsRefused) {
  const auto tokenizer =
      Tokenizer::FromFiles({TokenizerFormat::kTokenizerJson, "x.json", qwen2_.json(), {}});
  EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(tokenizer.status().message()), HasSubstr("x.json: no EOS token"));
}

}  // namespace
}  // namespace bench::harness
