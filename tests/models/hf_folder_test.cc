#include "models/hf_folder.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string Folder(const std::string& name) {
  std::string folder = testing::TempDir() + "/hf_" + std::to_string(::getpid()) + name;
  EXPECT_TRUE(RemoveTree(folder).ok());
  EXPECT_TRUE(MakeFolders(folder).ok());
  return folder;
}

json ReadConfigJson(const std::string& folder) {
  return json::parse(*ReadFile(folder + "/config.json"));
}

void WriteConfigJson(const std::string& folder, const json& config) {
  ASSERT_TRUE(PublishFile(folder + "/config.json", config.dump()).ok());
}

void ExpectSameWeights(const Decoder& a, const Decoder& b) {
  ASSERT_EQ(a.parameters().size(), b.parameters().size());
  for (size_t i = 0; i < a.parameters().size(); ++i) {
    EXPECT_EQ(a.parameters()[i].name, b.parameters()[i].name);
    EXPECT_TRUE(at::equal(a.parameters()[i].tensor, b.parameters()[i].tensor));
  }
}

TEST(HfFolder, SavedFoldersLoadWithTheSameConfigurationAndWeights) {
  for (const bool tied : {true, false}) {
    DecoderConfig config = TinyConfig();
    config.tie_embeddings = tied;
    config.position = Rope{.theta = 500};
    config.head_dim = tied ? 6 : 10;  // 24 columns, as the residual stream has, or 40
    const auto decoder = MakeDecoder(config);
    const std::string folder = Folder("round_trip");
    ASSERT_TRUE(SaveHfFolder(*decoder, {1, 2, std::nullopt}, folder).ok());
    const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ExpectSameWeights(*decoder, **loaded);
    const DecoderConfig& c = (*loaded)->config();
    EXPECT_EQ(c.tie_embeddings, tied);
    EXPECT_EQ(std::get<Rope>(c.position).theta, 500);
    EXPECT_EQ(c.head_dim, config.head_dim);
    EXPECT_EQ(c.max_positions, config.max_positions);
    EXPECT_EQ(c.norm.eps, config.norm.eps);
  }
}

TEST(HfFolder, WeightsBeyondTheLimitAreShardedWithAnIndex) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::string folder = Folder("shards");
  // Bytes: embedding 5,088; a layer's norms 96, q and o 2,304, k and v 1,152, MLP matrices 3,840.
  // The first shard ends before layer 0's o (12,096), the second before its down (13,920), the
  // third before layer 1's gate (14,784); the rest are 11,616.
  ASSERT_TRUE(SaveHfFolder(*decoder, {1, 2, std::nullopt}, folder, 12000).ok());
  const json index = json::parse(*ReadFile(folder + "/model.safetensors.index.json"));
  int64_t total_size = 0;
  for (const NamedTensor& p : decoder->parameters()) {
    total_size += static_cast<int64_t>(p.tensor.nbytes());
    EXPECT_TRUE(index["weight_map"].contains(p.name)) << p.name;
  }
  EXPECT_EQ(index["metadata"]["total_size"], total_size);
  EXPECT_EQ(index["weight_map"]["model.layers.0.self_attn.o_proj.weight"],
            "model-00002-of-00004.safetensors");
  EXPECT_EQ(index["weight_map"]["model.layers.1.mlp.gate_proj.weight"],
            "model-00004-of-00004.safetensors");
  EXPECT_FALSE(Exists(folder + "/model.safetensors"));
  const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ExpectSameWeights(*decoder, **loaded);
}

TEST(HfFolder, ConfigHasTheFieldsOfTransformers) {
  const std::string folder = Folder("fields");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig()), {1, 2, std::nullopt}, folder).ok());
  const json config = ReadConfigJson(folder);
  EXPECT_EQ(config["model_type"], "llama");
  EXPECT_EQ(config["architectures"], json({"LlamaForCausalLM"}));
  EXPECT_EQ(config["dtype"], "float32");
  EXPECT_EQ(config["num_key_value_heads"], 2);
  EXPECT_EQ(config["rope_parameters"]["rope_theta"], 1e4);
  EXPECT_EQ(config["eos_token_id"], 2);
  EXPECT_TRUE(config["pad_token_id"].is_null());
}

// The library would write such a value by recursion, in the message that refuses it.
TEST(HfFolder, DeeplyNestedConfigurationIsADataError) {
  const std::string folder = Folder("deep");
  for (const size_t depth : {size_t{64}, size_t{1'000'000}}) {
    const std::string nested = std::string(depth, '[') + std::string(depth, ']');
    ASSERT_TRUE(PublishFile(folder + "/config.json",
                            "{\"model_type\":\"llama\",\"hidden_act\":" + nested + "}")
                    .ok());
    EXPECT_EQ(ReadHfConfig(folder).status().code(), absl::StatusCode::kDataLoss) << depth;
  }
}

TEST(HfFolder, MissingShardIsADataErrorThatNamesIt) {
  const std::string folder = Folder("missing_shard");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig()), {}, folder).ok());
  ASSERT_TRUE(RemoveTree(folder + "/model.safetensors").ok());
  ASSERT_TRUE(PublishFile(folder + "/model.safetensors.index.json",
                          R"({"weight_map":{"w":"absent.safetensors"}})")
                  .ok());
  const absl::Status status = LoadHfFolder(folder, at::kCPU, at::kFloat).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("absent.safetensors"));
}

TEST(HfFolder, LoadsShardsListedByAnIndex) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::string folder = Folder("shards");
  ASSERT_TRUE(SaveHfFolder(*decoder, {}, folder).ok());
  json index;
  std::vector<NamedTensor> shards[2];
  for (size_t i = 0; i < decoder->parameters().size(); ++i) {
    shards[i % 2].push_back(decoder->parameters()[i]);
    index["weight_map"][decoder->parameters()[i].name] = i % 2 == 0 ? "a.st" : "b.st";
  }
  ASSERT_TRUE(WriteSafetensors(folder + "/a.st", shards[0], {}).ok());
  ASSERT_TRUE(WriteSafetensors(folder + "/b.st", shards[1], {}).ok());
  ASSERT_TRUE(RemoveTree(folder + "/model.safetensors").ok());
  ASSERT_TRUE(PublishFile(folder + "/model.safetensors.index.json", index.dump()).ok());
  const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ExpectSameWeights(*decoder, **loaded);
  index["weight_map"]["model.norm.weight"] = "../a.st";
  ASSERT_TRUE(PublishFile(folder + "/model.safetensors.index.json", index.dump()).ok());
  EXPECT_THAT(std::string(LoadHfFolder(folder, at::kCPU, at::kFloat).status().message()),
              HasSubstr("\"../a.st\" is not a file name"));
}

// As transformers does: the shards of an earlier save are other weights, and its index may be
// stale.
TEST(HfFolder, TheSingleFileWinsOverAnIndex) {
  const auto decoder = MakeDecoder(TinyConfig(), 1);
  const std::string folder = Folder("both");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig(), 2), {}, folder, 12000).ok());
  ASSERT_TRUE(SaveHfFolder(*decoder, {}, folder).ok());
  for (const bool stale : {false, true}) {
    if (stale) {
      ASSERT_TRUE(RemoveTree(folder + "/model-00002-of-00004.safetensors").ok());
    }
    const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ExpectSameWeights(*decoder, **loaded);
  }
}

TEST(HfFolder, OldRotaryBuffersAreIgnored) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::string folder = Folder("buffers");
  ASSERT_TRUE(SaveHfFolder(*decoder, {}, folder).ok());
  std::vector<NamedTensor> tensors = decoder->parameters();
  tensors.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", at::ones({3})});
  ASSERT_TRUE(WriteSafetensors(folder + "/model.safetensors", tensors, {}).ok());
  EXPECT_TRUE(LoadHfFolder(folder, at::kCPU, at::kFloat).ok());
}

TEST(HfFolder, ConvertsToTheAskedType) {
  const std::string folder = Folder("types");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig()), {}, folder).ok());
  const auto loaded = LoadHfFolder(folder, at::kCPU, at::kBFloat16);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->parameters()[0].tensor.scalar_type(), at::kBFloat16);
}

TEST(HfFolder, ErrorsNameTheFileAndTheField) {
  const std::string folder = Folder("errors");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig()), {}, folder).ok());
  json config = ReadConfigJson(folder);
  config["model_type"] = "mamba";
  WriteConfigJson(folder, config);
  const absl::Status status = ReadHfConfig(folder).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("config.json: model_type \"mamba\""));
  ASSERT_TRUE(PublishFile(folder + "/config.json", "[1").ok());
  EXPECT_THAT(std::string(ReadHfConfig(folder).status().message()),
              HasSubstr("config.json:1:3: no valid JSON: "));
  // Another configuration would begin behind it.
  ASSERT_TRUE(
      PublishFile(folder + "/config.json", json::object().dump() + std::string(1, '\0')).ok());
  EXPECT_THAT(std::string(ReadHfConfig(folder).status().message()),
              HasSubstr("config.json:1:3: no valid JSON: a NUL byte"));
}

RewardModel MakeRewardModel() {
  auto model = RewardModel::OnDecoder(MakeDecoder(TinyConfig()), Seeded(2));
  TORCH_CHECK(model.ok(), std::string(model.status().message()));
  model->set_bias(-0.1);  // no short decimal in fp32
  return *std::move(model);
}

TEST(HfRewardFolder, SavedFoldersLoadWithTheSameWeightsHeadAndBias) {
  const RewardModel model = MakeRewardModel();
  const std::string folder = Folder("reward");
  ASSERT_TRUE(SaveHfRewardFolder(model, {1, 2, 0}, folder).ok());
  const auto loaded = LoadHfRewardFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(loaded->parameters().size(), model.parameters().size());
  for (size_t i = 0; i < model.parameters().size(); ++i) {
    EXPECT_EQ(loaded->parameters()[i].name, model.parameters()[i].name);
    EXPECT_TRUE(at::equal(loaded->parameters()[i].tensor, model.parameters()[i].tensor));
  }
  const json config = ReadConfigJson(folder);
  EXPECT_EQ(config["architectures"], json({"LlamaForSequenceClassification"}));
  EXPECT_EQ(config["id2label"], json({{"0", "reward"}}));
  EXPECT_EQ(config["pad_token_id"], 0);
}

TEST(HfRewardFolder, AFolderOfTransformersHasNoBiasAndMaySayThatItIsUntied) {
  const std::string folder = Folder("reward_foreign");
  ASSERT_TRUE(SaveHfRewardFolder(MakeRewardModel(), {1, 2, 0}, folder).ok());
  ASSERT_TRUE(RemoveTree(folder + "/reward.json").ok());
  json config = ReadConfigJson(folder);
  config["tie_word_embeddings"] = false;
  WriteConfigJson(folder, config);
  const auto loaded = LoadHfRewardFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->head().bias(), 0);
}

TEST(HfRewardFolder, ALanguageModelIsNoRewardModelAndTheOtherWayRound) {
  const std::string language = Folder("no_reward");
  ASSERT_TRUE(SaveHfFolder(*MakeDecoder(TinyConfig()), {1, 2, 0}, language).ok());
  EXPECT_THAT(LoadHfRewardFolder(language, at::kCPU, at::kFloat).status().message(),
              HasSubstr("no_reward: missing tensor score.weight"));
  const std::string reward = Folder("no_language");
  ASSERT_TRUE(SaveHfRewardFolder(MakeRewardModel(), {1, 2, 0}, reward).ok());
  EXPECT_THAT(LoadHfFolder(reward, at::kCPU, at::kFloat).status().message(),
              HasSubstr("unexpected tensor score.weight"));
}

TEST(HfRewardFolder, RefusesADamagedBias) {
  const std::string folder = Folder("bad_bias");
  ASSERT_TRUE(SaveHfRewardFolder(MakeRewardModel(), {1, 2, 0}, folder).ok());
  for (const char* text : {"{}", "{\"bias\": \"0\"}", "{\"bias\": "}) {
    ASSERT_TRUE(PublishFile(folder + "/reward.json", text).ok());
    EXPECT_THAT(LoadHfRewardFolder(folder, at::kCPU, at::kFloat).status().message(),
                HasSubstr("bad_bias/reward.json:"))
        << text;
  }
}

}  // namespace
}  // namespace bench::models
