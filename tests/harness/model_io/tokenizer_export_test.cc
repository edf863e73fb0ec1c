#include "harness/model_io/tokenizer_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <tuple>

#include "base/status.h"
#include "harness/data/prompt_template.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using Json = nlohmann::json;

TEST(ExportTokenizer, SentencePieceComesWithItsModelAndSettings) {
  const auto exported = ExportTokenizer(TestTokenizer(), PromptTemplate::kAlpaca, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_THAT(exported->files, ElementsAre(Key("generation_config.json"),
                                           Key("special_tokens_map.json"), Key("tokenizer.json"),
                                           Key("tokenizer.model"), Key("tokenizer_config.json")));
  EXPECT_EQ(exported->files.at("tokenizer.model"), TestModelBytes());
  const Json config = Json::parse(exported->files.at("tokenizer_config.json"));
  EXPECT_EQ(config["bos_token"], "<s>");
  EXPECT_EQ(config["eos_token"], "</s>");
  EXPECT_EQ(config["pad_token"], "<pad>");
  EXPECT_EQ(config["model_max_length"], 512);
  EXPECT_EQ(config["chat_template"], std::string(RowOf(PromptTemplate::kAlpaca).jinja));
  EXPECT_EQ(Json::parse(exported->files.at("generation_config.json"))["eos_token_id"], 2);
}

TEST(ExportTokenizer, TokenizerJsonIsKeptAndTheTemplateEndsGeneration) {
  const GoldenTokenizer golden("qwen2");
  const auto exported = ExportTokenizer(golden.tokenizer(), PromptTemplate::kChatml, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_EQ(exported->files.at("tokenizer.json"), golden.json());
  EXPECT_FALSE(exported->files.contains("tokenizer.model"));
  const Json generation = Json::parse(exported->files.at("generation_config.json"));
  EXPECT_EQ(generation["eos_token_id"], *golden.tokenizer().ControlToken("<|im_end|>"));
  EXPECT_FALSE(generation.contains("bos_token_id"));
  // What is exported is read again, to the same special tokens.
  const auto again =
      Tokenizer::FromFiles({TokenizerFormat::kTokenizerJson,
                            "again",
                            exported->files.at("tokenizer.json"),
                            {{kTokenizerConfigFile, exported->files.at(kTokenizerConfigFile)},
                             {kGenerationConfigFile, exported->files.at(kGenerationConfigFile)}}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->eos_id(), golden.tokenizer().eos_id());
  EXPECT_EQ(again->bos_id(), golden.tokenizer().bos_id());
}

// Whose turns are divided by text, or by further tokens.
TEST(ExportTokenizer, FurtherEndsOfAnAnswerAreWrittenOrSaid) {
  const auto tigerbot = ExportTokenizer(TestTokenizer(), PromptTemplate::kTigerbot, 512);
  ASSERT_TRUE(tigerbot.ok()) << tigerbot.status();
  EXPECT_THAT(tigerbot->notes, Contains(HasSubstr("where \"###\" begins")));
  EXPECT_EQ(Json::parse(tigerbot->files.at("generation_config.json"))["eos_token_id"], 2);
  const Tokenizer named =
      *Tokenizer::FromModelBytes(*TrainTokenizer(TextsOf(TestTexts()), TestSpec(),
                                                 {"<|USER|>", "<|ASSISTANT|>", "<|SYSTEM|>"}),
                                 "named");
  const auto stablelm = ExportTokenizer(named, PromptTemplate::kStablelm, 512);
  ASSERT_TRUE(stablelm.ok()) << stablelm.status();
  EXPECT_THAT(stablelm->notes, Not(Contains(HasSubstr("stop_strings"))));
  const Json ends = Json::parse(stablelm->files.at("generation_config.json"))["eos_token_id"];
  ASSERT_EQ(ends.size(), 4u);
  EXPECT_EQ(ends[0], 2);
  EXPECT_EQ(named.Piece(ends[1]), "<|USER|>");
}

// The end of a turn first: it is what a reader of one id takes.
TEST(ExportTokenizer, EosIsAnEndBesideThatOfATurn) {
  TokenizerFiles files = GoldenTokenizer::Files("qwen2", GoldenTokenizer("qwen2").json());
  files.beside[kTokenizerConfigFile] = R"({"eos_token": "<|endoftext|>"})";
  const auto tokenizer = Tokenizer::FromFiles(files);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto exported = ExportTokenizer(*tokenizer, PromptTemplate::kQwen, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  const Json ends = Json::parse(exported->files.at("generation_config.json"))["eos_token_id"];
  EXPECT_EQ(ends, Json({*tokenizer->ControlToken("<|im_end|>"), tokenizer->eos_id()}));
  files.beside[kTokenizerConfigFile] = exported->files.at(kTokenizerConfigFile);
  files.beside[kGenerationConfigFile] = exported->files.at(kGenerationConfigFile);
  EXPECT_EQ(Tokenizer::FromFiles(files)->eos_id(), tokenizer->eos_id());
}

TEST(ExportTokenizer, ABosThatSettingsAloneAddIsReadAgain) {
  TokenizerFiles files = GoldenTokenizer::Files("qwen2", GoldenTokenizer("qwen2").json());
  files.beside[kTokenizerConfigFile] =
      R"({"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>", "add_bos_token": true})";
  const auto tokenizer = Tokenizer::FromFiles(files);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  ASSERT_TRUE(tokenizer->bos_id().has_value());
  const auto exported = ExportTokenizer(*tokenizer, PromptTemplate::kChatml, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  files.beside[kTokenizerConfigFile] = exported->files.at(kTokenizerConfigFile);
  EXPECT_EQ(Tokenizer::FromFiles(files)->bos_id(), tokenizer->bos_id());
}

// What is exported is read again, to the same tokens.
TEST(ExportTokenizer, FilesThatTheFamilysCodeLoadsAreKept) {
  TokenizerFiles qwen = QwenSizedFiles();
  qwen.beside[kGenerationConfigFile] = R"({"chat_format": "chatml", "eos_token_id": 151643})";
  const std::tuple<TokenizerFiles, PromptTemplate, const char*> cases[] = {
      {qwen, PromptTemplate::kQwen, "qwen.tiktoken"},
      {ChatglmFiles("first"), PromptTemplate::kChatglm, "ice_text.model"},
      {ChatglmFiles("later"), PromptTemplate::kChatglm, "ice_text.model"}};
  for (const auto& [files, row, model] : cases) {
    const Tokenizer tokenizer = *Tokenizer::FromFiles(files);
    const auto exported = ExportTokenizer(tokenizer, row, 512);
    ASSERT_TRUE(exported.ok()) << exported.status();
    EXPECT_THAT(exported->files,
                ElementsAre(Key(kGenerationConfigFile), Key(model), Key(kTokenizerConfigFile)));
    EXPECT_EQ(exported->files.at(model), files.model);
    EXPECT_THAT(exported->notes, Contains(HasSubstr("with the code of its family alone")));
    TokenizerFiles again = files;
    again.beside[kTokenizerConfigFile] = exported->files.at(kTokenizerConfigFile);
    again.beside[kGenerationConfigFile] = exported->files.at(kGenerationConfigFile);
    const Json config = Json::parse(again.beside[kTokenizerConfigFile]);
    EXPECT_EQ(config["chat_template"], std::string(RowOf(row).jinja));
    EXPECT_EQ(config["model_max_length"], 512);
    const auto read = Tokenizer::FromFiles(again);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->eos_id(), tokenizer.eos_id());
    EXPECT_EQ(read->bos_id(), tokenizer.bos_id());
    EXPECT_EQ(read->pad_id(), tokenizer.pad_id());
    EXPECT_EQ(read->vocab_size(), tokenizer.vocab_size());
    EXPECT_EQ(read->Encode("the  cat\n"), tokenizer.Encode("the  cat\n"));
  }
}

TEST(ExportTokenizer, OwnSettingsOfAFamilyAreKeptBesideOurs) {
  TokenizerFiles files = QwenSizedFiles();
  files.beside[kGenerationConfigFile] = R"({"chat_format": "chatml", "eos_token_id": 151643})";
  const auto exported = ExportTokenizer(*Tokenizer::FromFiles(files), PromptTemplate::kQwen, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  const Json config = Json::parse(exported->files.at(kTokenizerConfigFile));
  EXPECT_EQ(config["tokenizer_class"], "QWenTokenizer");
  EXPECT_EQ(config["eos_token"], "<|endoftext|>");
  const Json generation = Json::parse(exported->files.at(kGenerationConfigFile));
  EXPECT_EQ(generation["chat_format"], "chatml");
  EXPECT_EQ(generation["eos_token_id"], Json({151645, 151643}));
}

TEST(ExportTokenizer, WhatCannotBeExpressedIsSaidAndNotLoadable) {
  TokenizerSpec spec = TestSpec(TokenizerAlgorithm::kUnigram);
  spec.byte_fallback = false;
  spec.vocab_size = 80;
  const auto bytes = TrainTokenizer(TextsOf(TestTexts()), spec);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto tokenizer = Tokenizer::FromModelBytes(*bytes, "test");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto exported = ExportTokenizer(*tokenizer, PromptTemplate::kAlpaca, 512);
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_THAT(exported->files, ElementsAre(Key("sentencepiece.model")));
  EXPECT_THAT(exported->notes.front(), HasSubstr("without byte pieces"));
}

}  // namespace
}  // namespace bench::harness
