#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/blocks/decoder_blocks.h"
#include "models/decoder.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The config.json of Mistral-7B-Instruct-v0.2 as published, which has no window.
json Mistral() {
  return json::parse(R"({
    "architectures": ["MistralForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 1,
    "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
    "intermediate_size": 14336, "max_position_embeddings": 32768, "model_type": "mistral",
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "sliding_window": null,
    "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 32000})");
}

TEST(MistralFamily, WithoutAWindowIsALlamaInAllButName) {
  const auto config = ConfigFromJson(Mistral());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->num_kv_heads, 8);
  EXPECT_EQ(config->head_dim, 128);
  EXPECT_EQ(std::get<Rope>(config->position).theta, 1e6);
  EXPECT_EQ(config->max_positions, 32768);
  EXPECT_EQ(NumParameters(*config), 7'241'732'096);  // as its model card says
  EXPECT_EQ(EntryOf(config->family).name, "mistral");
}

TEST(MistralFamily, IsWrittenAsItWasRead) {
  const auto config = ConfigFromJson(Mistral());
  json written = {{"model_type", "mistral"}};
  EntryOf(config->family).to_json(*config, written);
  EXPECT_TRUE(written["sliding_window"].is_null());
  const auto again = ConfigFromJson(written);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(NumParameters(*again), NumParameters(*config));
  EXPECT_EQ(again->max_positions, config->max_positions);
}

// That of version 0.1 binds; one that no sequence outgrows is none.
TEST(MistralFamily, KeepsAWindowThatBindsBothWays) {
  json config = Mistral();
  config["sliding_window"] = 4096;
  const auto read = ConfigFromJson(config);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->window, 4096);
  EXPECT_EQ(AttentionKernelsOf(*read), AttentionKernels::kComposed);
  json written = {{"model_type", "mistral"}};
  EntryOf(read->family).to_json(*read, written);
  EXPECT_EQ(written["sliding_window"], 4096);
  EXPECT_EQ(ConfigFromJson(written)->window, 4096);
  config["max_position_embeddings"] = 4096;
  EXPECT_EQ(ConfigFromJson(config)->window, 0);
  EXPECT_EQ(AttentionKernelsOf(*ConfigFromJson(config)), AttentionKernels::kFused);
}

TEST(MistralFamily, RefusesWhatIsNoWindow) {
  json config = Mistral();
  config["sliding_window"] = "wide";
  EXPECT_EQ(ExitCodeFor(ConfigFromJson(config).status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(ConfigFromJson(config).status().message()),
              HasSubstr("sliding_window is not an integer"));
  config["sliding_window"] = 0;
  EXPECT_THAT(std::string(ConfigFromJson(config).status().message()),
              HasSubstr("sliding_window = 0 is no window"));
}

// MistralConfig(): a window of 4,096, 131,072 positions, 8 heads for keys and values.
TEST(MistralFamily, AbsentFieldsHaveTransformersDefaults) {
  json config = Mistral();
  for (const char* key : {"sliding_window", "max_position_embeddings", "num_key_value_heads"}) {
    config.erase(key);
  }
  const auto read = ConfigFromJson(config);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->window, 4096);
  EXPECT_EQ(read->max_positions, 131072);
  EXPECT_EQ(read->num_kv_heads, 8);
  config["sliding_window"] = nullptr;
  EXPECT_EQ(ConfigFromJson(config)->window, 0);
}

}  // namespace
}  // namespace bench::models
