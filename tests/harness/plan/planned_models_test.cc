#include "harness/plan/planned_models.h"

#include <ATen/CPUGeneratorImpl.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/definition/load.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/ppo/models.h"
#include "models/blocks/decoder_blocks.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr int64_t kVocabSize = 301;

models::DecoderConfig SmallConfig() {
  ModelSpec spec;
  spec.hidden_size = 16;
  spec.num_layers = 2;
  spec.num_heads = 4;
  spec.num_kv_heads = 2;
  spec.intermediate_size = 24;
  spec.max_positions = 32;
  return DecoderConfigOf(spec, kVocabSize);
}

Definition DefinitionOf(StageSpec spec) {
  Definition definition;
  definition.stage = std::move(spec);
  return definition;
}

std::vector<std::pair<std::string, int64_t>> Counts(const Definition& definition,
                                                    const ModelConfigs& configs, ModelUse use) {
  std::vector<std::pair<std::string, int64_t>> counts;
  const auto models = PlannedModels(definition, configs);
  EXPECT_TRUE(models.ok()) << models.status();
  for (const PlannedModel& model : *models) {
    if (model.use == use) counts.emplace_back(model.role, *CountParameters(model));
  }
  return counts;
}

// Every decoder of the committed experiments small enough to allocate: with weights it has as many.
TEST(PlannedModels, CountIsThatOfTheModelsWithWeights) {
  const std::string root = BENCH_SOURCE_DIR "/experiments";
  const auto names = ListExperiments(root);
  ASSERT_TRUE(names.ok()) << names.status();
  int num_compared = 0;
  for (const std::string& name : *names) {
    const auto loaded = LoadDefinition(name, {root, {}});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    const auto stage = TrainedStageOf(loaded->definition);
    // Without a width the geometry comes with the weights.
    if (!stage.ok() || stage->model->hidden_size == 0) continue;
    const models::DecoderConfig config = DecoderConfigOf(*stage->model, kVocabSize);
    const int64_t counted = *CountParameters({.config = config});
    EXPECT_EQ(counted, models::NumParameters(config)) << name;
    ++num_compared;
    if (counted > 5'000'000) continue;
    const auto decoder =
        models::Decoder::Create(config, at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
    EXPECT_EQ(counted, NumElements((*decoder)->parameters())) << name;
  }
  EXPECT_GE(num_compared, 8);
}

// LLaMA 7B and 65B have 6.7 B and 65.2 B parameters (Touvron et al., arXiv:2302.13971, table 2).
TEST(PlannedModels, CountsOfLlamaAreThePublishedOnes) {
  models::DecoderConfig config;
  config.vocab_size = 32000;
  config.hidden_size = 4096;
  config.num_layers = 32;
  config.num_heads = config.num_kv_heads = 32;
  config.head_dim = 128;
  config.intermediate_size = 11008;
  config.tie_embeddings = false;
  EXPECT_EQ(*CountParameters({.config = config}), 6'738'415'616);
  config.hidden_size = 8192;
  config.num_layers = 80;
  config.num_heads = config.num_kv_heads = 64;
  config.intermediate_size = 22016;
  EXPECT_EQ(*CountParameters({.config = config}), 65'285'660'672);
}

TEST(PlannedModels, OfARewardModelAreTheTrunkAndAHead) {
  models::DecoderConfig untied = SmallConfig();
  untied.tie_embeddings = false;
  const auto decoder =
      models::Decoder::Create(untied, at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
  const int64_t without_head = NumElements((*decoder)->parameters()) - kVocabSize * 16;
  EXPECT_THAT(Counts(DefinitionOf(RewardSpec{}), {untied, {}}, ModelUse::kTrained),
              ElementsAre(Pair("reward", without_head + 16 + 1)));
}

// As the stage builds them, with weights.
int64_t ParametersOfActorCritic(ActorCritic::Value value) {
  auto policy = models::Decoder::Create(SmallConfig(), at::detail::createCPUGenerator(1), at::kCPU,
                                        at::kFloat);
  return NumElements(ActorCritic(*std::move(policy), std::move(value)).parameters());
}

TEST(PlannedModels, OfPpoAreThoseOfTheActorCriticAndTheFrozenOnes) {
  PpoSpec spec;
  models::DecoderConfig wider = SmallConfig();
  wider.hidden_size = 32;
  wider.head_dim = 8;
  const ModelConfigs configs = {SmallConfig(), wider};
  const int64_t policy = *CountParameters({.config = SmallConfig()});

  spec.value.model = ValueModel::kShared;
  const int64_t shared = ParametersOfActorCritic(models::ScalarHead::Create(
      16, at::detail::createCPUGenerator(2), at::TensorOptions(at::kFloat)));
  EXPECT_THAT(Counts(DefinitionOf(spec), configs, ModelUse::kTrained),
              ElementsAre(Pair("policy", policy), Pair("value", shared - policy)));

  spec.value.model = ValueModel::kOwn;
  auto trunk =
      models::Decoder::Create(wider, at::detail::createCPUGenerator(3), at::kCPU, at::kFloat);
  auto reward =
      models::RewardModel::OnDecoder(*std::move(trunk), at::detail::createCPUGenerator(4));
  const int64_t own = ParametersOfActorCritic(*std::move(reward));
  EXPECT_THAT(Counts(DefinitionOf(spec), configs, ModelUse::kTrained),
              ElementsAre(Pair("policy", policy), Pair("value", own - policy)));
  EXPECT_THAT(Counts(DefinitionOf(spec), configs, ModelUse::kFrozen),
              ElementsAre(Pair("reference", policy), Pair("reward", own - policy)));

  // A verifiable reward needs no model; a value model that begins as the policy has its width.
  spec.value.init = ValueInit::kPolicy;
  EXPECT_THAT(Counts(DefinitionOf(spec), {SmallConfig(), {}}, ModelUse::kTrained),
              ElementsAre(Pair("policy", policy), Pair("value", policy + 16 + 1)));
  EXPECT_THAT(Counts(DefinitionOf(spec), {SmallConfig(), {}}, ModelUse::kFrozen),
              ElementsAre(Pair("reference", policy)));
}

TEST(PlannedModels, WhereAdvantagesComeFromGroupsNothingIsValued) {
  PpoSpec spec;
  spec.ppo.advantages = AdvantageSource::kGroup;
  const int64_t policy = *CountParameters({.config = SmallConfig()});
  EXPECT_THAT(Counts(DefinitionOf(spec), {SmallConfig(), {}}, ModelUse::kTrained),
              ElementsAre(Pair("policy", policy)));
}

TEST(PlannedModels, MicroBatchesAreTheLongestThatTheStageMakes) {
  using Sizes = std::pair<int64_t, int64_t>;  // 3 rows, by hand
  const auto sizes = [](const Definition& definition) {
    const MicroBatch batch = LongestMicroBatch(definition, 3);
    EXPECT_EQ(batch.num_rows, 3);
    return Sizes(batch.num_tokens, batch.num_targets);
  };
  ClmSpec clm;
  clm.training.max_tokens = 64;
  EXPECT_EQ(sizes(DefinitionOf(clm)), Sizes(192, 192));
  SftSpec sft;
  sft.training.max_tokens = 64;
  EXPECT_EQ(sizes(DefinitionOf(sft)), Sizes(189, 189));
  RewardSpec reward;  // a row is a pair of rows, one score each
  reward.training.max_tokens = 64;
  EXPECT_EQ(sizes(DefinitionOf(reward)), Sizes(384, 6));
  PpoSpec ppo;
  ppo.training.max_tokens = 64;
  ppo.rollout.max_new_tokens = 20;
  EXPECT_EQ(sizes(DefinitionOf(ppo)), Sizes(189, 60));
}

TEST(PlannedModels, StagesThatTrainNoModelAreRefused) {
  for (const auto& definition :
       {DefinitionOf(TokenizerSpec{}), DefinitionOf(CorpusSpec{}), DefinitionOf(TranslationsSpec{}),
        DefinitionOf(PreferencesSpec{})}) {
    const auto models = PlannedModels(definition, {SmallConfig(), {}});
    EXPECT_EQ(models.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(models.status().message()), HasSubstr("clm, sft, reward and ppo"));
  }
}

}  // namespace
}  // namespace bench::harness
