#include "harness/model_io/decoder_artifact.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/data/prompt.h"
#include "models/generate.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"
#include "tests/harness/tokenizers/test_tokenizer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

ModelSpec TinyModel() {
  ModelSpec spec;
  spec.hidden_size = 8;
  spec.num_layers = 1;
  spec.num_heads = 2;
  spec.intermediate_size = 12;
  spec.max_positions = 32;
  return spec;
}

std::unique_ptr<models::Decoder> TinyDecoder(int64_t vocab_size) {
  return *models::Decoder::Create(DecoderConfigOf(TinyModel(), vocab_size),
                                  at::detail::createCPUGenerator(3), at::kCPU, at::kFloat);
}

TEST(DecoderArtifact, RoundTripsWeightsTokenizerAndTemplate) {
  TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyDecoder(tokenizer.vocab_size());
  ASSERT_TRUE(
      SaveDecoderArtifact(*decoder, tokenizer, PromptTemplate::kAlpaca, folder.path()).ok());
  const auto loaded = LoadDecoderArtifact(folder.path(), at::kCPU);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->tokenizer.digest(), tokenizer.digest());
  ASSERT_EQ(loaded->decoder->parameters().size(), decoder->parameters().size());
  for (size_t i = 0; i < decoder->parameters().size(); ++i) {
    EXPECT_TRUE(loaded->decoder->parameters()[i].tensor.equal(decoder->parameters()[i].tensor));
  }
}

TEST(DecoderArtifact, UnknownTemplateOrTooManyPiecesAreDataErrors) {
  TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  ASSERT_TRUE(SaveDecoderArtifact(*TinyDecoder(tokenizer.vocab_size() - 1), tokenizer,
                                  PromptTemplate::kAlpaca, folder.path())
                  .ok());
  EXPECT_EQ(LoadDecoderArtifact(folder.path(), at::kCPU).status().code(),
            absl::StatusCode::kDataLoss);
  std::ofstream(folder / "prompt.json") << R"({"template": "none such"})";
  EXPECT_THAT(LoadDecoderArtifact(folder.path(), at::kCPU).status().message(),
              HasSubstr("prompt template"));
}

TEST(DecoderArtifact, KeepsATokenizerJsonWithItsSettings) {
  TempFolder folder;
  const GoldenTokenizer golden("qwen2");
  const auto decoder = TinyDecoder(golden.tokenizer().vocab_size() + 10);  // a padded vocabulary
  ASSERT_TRUE(
      SaveDecoderArtifact(*decoder, golden.tokenizer(), PromptTemplate::kChatml, folder.path())
          .ok());
  const auto loaded = LoadDecoderArtifact(folder.path(), at::kCPU);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->tokenizer.digest(), golden.tokenizer().digest());
  EXPECT_EQ(loaded->tokenizer.eos_id(), golden.tokenizer().eos_id());
  EXPECT_EQ(loaded->tokenizer.bos_id(), std::nullopt);
  EXPECT_EQ(loaded->prompt_template, PromptTemplate::kChatml);
}

TEST(CheckVocabulary, TheWeightsMayHaveMoreRowsButNotFewer) {
  const Tokenizer tokenizer = TinyTokenizer();
  const int64_t size = tokenizer.vocab_size();
  EXPECT_TRUE(CheckVocabulary(tokenizer, DecoderConfigOf(TinyModel(), size), "w").ok());
  EXPECT_TRUE(CheckVocabulary(tokenizer, DecoderConfigOf(TinyModel(), size + 64), "w").ok());
  const absl::Status status =
      CheckVocabulary(tokenizer, DecoderConfigOf(TinyModel(), size - 1), "w");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("they do not belong together"));
}

// A vocabulary with ChatGLM's marks, and a tiny decoder that takes its positions from them.
Tokenizer TokenizerWithMarks() {
  return *Tokenizer::FromModelBytes(
      *TrainTokenizer(TextsOf(TestTexts()), TestSpec(), {"[MASK]", "[gMASK]", "<sop>", "<eop>"}),
      "marked");
}
models::DecoderConfig ChatglmConfig(const Tokenizer& tokenizer) {
  ModelSpec spec = TinyModel();
  const std::vector<std::string_view>& names = EnumNames(models::Family{});
  spec.family =
      static_cast<models::Family>(std::find(names.begin(), names.end(), "chatglm") - names.begin());
  spec.max_positions = 128;
  models::DecoderConfig config = DecoderConfigOf(spec, tokenizer.vocab_size());
  const auto encoder = PromptEncoder::Create(tokenizer, PromptTemplate::kChatglm);
  config.position = models::BlockRope{.gmask_id = encoder->named_tokens().at("[gMASK]"),
                                      .mask_id = 0,
                                      .bos_id = encoder->named_tokens().at("<sop>")};
  return config;
}

TEST(CheckPrompts, ADecoderThatNeedsMarksTakesTheTemplateThatWritesThem) {
  const Tokenizer tokenizer = TokenizerWithMarks();
  const models::DecoderConfig config = ChatglmConfig(tokenizer);
  EXPECT_TRUE(CheckPrompts(tokenizer, PromptTemplate::kChatglm, config).ok());
  for (const PromptTemplate other : {PromptTemplate::kAlpaca, PromptTemplate::kPlain}) {
    const absl::Status status = CheckPrompts(tokenizer, other, config);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("does not write: take data.prompt_template = "));
    EXPECT_TRUE(CheckPrompts(tokenizer, other, DecoderConfigOf(TinyModel(), 400)).ok());
  }
  models::DecoderConfig others = config;  // the marks of another vocabulary
  std::get<models::BlockRope>(others.position).bos_id = 3;
  EXPECT_FALSE(CheckPrompts(tokenizer, PromptTemplate::kChatglm, others).ok());
}

// What is refused is what the decoder itself cannot read.
TEST(CheckPrompts, TheDecoderReadsThePromptsThatAreTaken) {
  const Tokenizer tokenizer = TokenizerWithMarks();
  const auto decoder = models::Decoder::Create(
      ChatglmConfig(tokenizer), at::detail::createCPUGenerator(3), at::kCPU, at::kFloat);
  ASSERT_TRUE(decoder.ok()) << decoder.status();
  models::GenerationOptions options(tokenizer.vocab_size());
  options.max_new_tokens = 2;
  const auto generate = [&](PromptTemplate row) {
    const auto encoder = PromptEncoder::Create(tokenizer, row);
    return models::Generate(**decoder, {encoder->Prompt({"a", "", "", ""})}, options, nullptr);
  };
  EXPECT_EQ(generate(PromptTemplate::kChatglm)[0].tokens.size(), 2u);
  EXPECT_THROW(generate(PromptTemplate::kPlain), c10::Error);
}

TEST(CheckPrompts, ATokenBehindTheVocabularyNeedsItsRow) {
  const Tokenizer tokenizer = TestTokenizerOf(64789);
  const auto check = [&](int64_t vocab_size) {
    return CheckPrompts(tokenizer, PromptTemplate::kChatglm2,
                        DecoderConfigOf(TinyModel(), vocab_size));
  };
  EXPECT_TRUE(check(65024).ok()) << check(65024);
  EXPECT_THAT(check(64792).message(), HasSubstr("have sop as token 64792"));
}

TEST(ModelSpecOf, IsTheWayBackOfDecoderConfigOf) {
  ModelSpec spec = TinyModel();
  spec.head_dim = 32;
  spec.num_kv_heads = 1;
  spec.rope_theta = 5e5;
  const models::DecoderConfig config = DecoderConfigOf(spec, 300);
  EXPECT_EQ(config.head_dim, 32);
  EXPECT_EQ(GeometryJson(ModelSpecOf(config)), GeometryJson(spec));
  EXPECT_TRUE(ModelSpecOf(config).given.contains("tie_embeddings"));
}

TEST(CheckSameModel, NamesEveryFieldThatDiffers) {
  const models::DecoderConfig config = DecoderConfigOf(TinyModel(), 300);
  EXPECT_TRUE(CheckSameModel(config, config, "w").ok());
  ModelSpec other = TinyModel();
  other.rope_theta = 5e4;
  other.max_positions += 1;
  const absl::Status status = CheckSameModel(config, DecoderConfigOf(other, 300), "w");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("rope_theta is 10000 here and 50000 there"));
  EXPECT_THAT(status.message(), HasSubstr("max_positions is "));
}

}  // namespace
}  // namespace bench::harness
