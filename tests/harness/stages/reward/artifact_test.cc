#include "harness/stages/reward/artifact.h"

#include <ATen/CPUGeneratorImpl.h>

#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

models::RewardModel ModelOf(int64_t vocab_size) {
  models::DecoderConfig config;
  config.vocab_size = vocab_size;
  config.hidden_size = 8;
  config.num_layers = 1;
  config.num_heads = 2;
  config.num_kv_heads = 2;
  config.head_dim = 4;
  config.intermediate_size = 12;
  config.max_positions = 32;
  auto decoder =
      models::Decoder::Create(config, at::detail::createCPUGenerator(3), at::kCPU, at::kFloat);
  EXPECT_TRUE(decoder.ok()) << decoder.status();
  auto model =
      models::RewardModel::OnDecoder(*std::move(decoder), at::detail::createCPUGenerator(4));
  EXPECT_TRUE(model.ok()) << model.status();
  model->set_bias(0.3);
  return *std::move(model);
}

models::RewardModel ModelFor(const Tokenizer& tokenizer) { return ModelOf(tokenizer.vocab_size()); }

TEST(RewardArtifact, GivesTheSameRewardsTokenizerAndTemplateBack) {
  TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  const models::RewardModel model = ModelFor(tokenizer);
  ASSERT_TRUE(SaveRewardArtifact(model, tokenizer, PromptTemplate::kPlain, folder.path()).ok());
  const auto loaded = LoadRewardModel(folder.path(), at::kCPU);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->prompt.tokenizer.digest(), tokenizer.digest());
  EXPECT_EQ(loaded->prompt.prompt_template, PromptTemplate::kPlain);
  const models::RaggedBatch batch = models::MakeRaggedBatch({{1, 5, 6, 2}, {1, 7}}, at::kCPU);
  EXPECT_TRUE(loaded->model.Rewards(batch).equal(model.Rewards(batch)));
}

TEST(RewardArtifact, ADecodersArtifactIsNoRewardModel) {
  TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  ASSERT_TRUE(SaveDecoderArtifact(ModelFor(tokenizer).decoder(), tokenizer, PromptTemplate::kPlain,
                                  folder.path())
                  .ok());
  EXPECT_THAT(LoadRewardModel(folder.path(), at::kCPU).status().message(),
              HasSubstr("not a reward model"));
}

// A policy of this tokenizer would sample ids that such a model has no row for.
TEST(RewardArtifact, FewerRowsThanItsTokenizerHasIdsAreRefusedByName) {
  TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  ASSERT_TRUE(SaveRewardArtifact(ModelOf(tokenizer.vocab_size() - 1), tokenizer,
                                 PromptTemplate::kPlain, folder.path())
                  .ok());
  const absl::Status status = LoadRewardModel(folder.path(), at::kCPU).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder.path() + ": the tokenizer has"));
}

TEST(RewardArtifact, ItsExportKeepsTheBias) {
  TempFolder folder;
  TempFolder target;
  const Tokenizer tokenizer = TinyTokenizer();
  ASSERT_TRUE(
      SaveRewardArtifact(ModelFor(tokenizer), tokenizer, PromptTemplate::kPlain, folder.path())
          .ok());
  ASSERT_TRUE(ExportDecoderArtifact(folder.path(), target.path()).ok());
  EXPECT_EQ(*ReadFile(target / "reward.json"), *ReadFile(folder / "reward.json"));
  EXPECT_EQ(*ReadFile(target / "model.safetensors"), *ReadFile(folder / "model.safetensors"));
}

}  // namespace
}  // namespace bench::harness
