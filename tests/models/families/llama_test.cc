#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/blocks/decoder_blocks.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The config.json of Llama-2-70B as published (transformers 4).
json Llama2() {
  return json::parse(R"({
    "architectures": ["LlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2,
    "hidden_act": "silu", "hidden_size": 8192, "initializer_range": 0.02,
    "intermediate_size": 28672, "max_position_embeddings": 4096, "model_type": "llama",
    "num_attention_heads": 64, "num_hidden_layers": 80, "num_key_value_heads": 8,
    "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null,
    "tie_word_embeddings": false, "torch_dtype": "float16", "vocab_size": 32000})");
}

TEST(LlamaFamily, ReadsAPublishedConfiguration) {
  const auto config = ConfigFromJson(Llama2());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->num_kv_heads, 8);
  EXPECT_EQ(config->head_dim, 128);
  EXPECT_EQ(std::get<Rope>(config->position).theta, 1e4);
  EXPECT_EQ(config->norm.eps, 1e-5);
  EXPECT_EQ(config->max_positions, 4096);
  EXPECT_FALSE(config->tie_embeddings);
  EXPECT_EQ(NumParameters(*config), 68'976'648'192);
}

TEST(LlamaFamily, AbsentFieldsHaveTransformersDefaults) {
  json old = Llama2();
  for (const char* key :
       {"num_key_value_heads", "rms_norm_eps", "tie_word_embeddings", "max_position_embeddings"}) {
    old.erase(key);
  }
  const auto config = ConfigFromJson(old);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->num_kv_heads, 64);
  EXPECT_EQ(config->norm.eps, 1e-6);
  EXPECT_EQ(config->max_positions, 2048);
  EXPECT_FALSE(config->tie_embeddings);
}

TEST(LlamaFamily, ReadsRopeThetaOfTransformers5) {
  json config = Llama2();
  config["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 5e6}};
  EXPECT_EQ(std::get<Rope>(ConfigFromJson(config)->position).theta, 5e6);
}

TEST(LlamaFamily, RefusesWhatTheDecoderDoesNotImplement) {
  const std::pair<const char*, json> cases[] = {
      {"hidden_act", "gelu"},
      {"attention_bias", true},
      {"mlp_bias", true},
      {"rope_scaling", {{"type", "longrope"}, {"factor", 2.0}}},
      {"rope_parameters", {{"rope_type", "mrope"}}},
      {"num_hidden_layers", "80"},
      {"hidden_size", 8192.5},
      {"rms_norm_eps", "tiny"},
      {"tie_word_embeddings", 1}};
  for (const auto& [field, value] : cases) {
    json config = Llama2();
    config[field] = value;
    const absl::Status status = ConfigFromJson(config).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << field;
    EXPECT_THAT(std::string(status.message()), HasSubstr(field));
  }
  json missing = Llama2();
  missing.erase("vocab_size");
  EXPECT_THAT(std::string(ConfigFromJson(missing).status().message()),
              HasSubstr("vocab_size is missing"));
}

TEST(LlamaFamily, ConfigurationsRoundTrip) {
  DecoderConfig config = *ConfigFromJson(Llama2());
  config.position = Rope{.theta = 12345};
  config.tie_embeddings = true;
  json written = {{"model_type", "llama"}};
  EntryOf(config.family).to_json(config, written);
  const auto read = ConfigFromJson(written);
  ASSERT_TRUE(read.ok()) << read.status();
  json again = {{"model_type", "llama"}};
  EntryOf(read->family).to_json(*read, again);
  EXPECT_EQ(written, again);
}

}  // namespace
}  // namespace bench::models
