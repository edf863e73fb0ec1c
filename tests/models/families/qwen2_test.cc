// The window of Qwen2's config.json; the family itself: golden_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json Qwen2(const json& window) {
  json config = json::parse(R"({
    "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 96,
    "max_position_embeddings": 1024, "num_attention_heads": 4, "num_hidden_layers": 6,
    "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
    "tie_word_embeddings": false, "vocab_size": 320})");
  config.update(window);
  return config;
}

TEST(Qwen2Family, AWindowOfAllLayersIsKeptBothWays) {
  const auto read = ConfigFromJson(
      Qwen2({{"use_sliding_window", true}, {"sliding_window", 128}, {"max_window_layers", 0}}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->window, 128);
  json written = {{"model_type", "qwen2"}};
  EntryOf(read->family).to_json(*read, written);
  EXPECT_EQ(ConfigFromJson(written)->window, 128);
  EXPECT_EQ(written["use_sliding_window"], true);
}

// Published files have a window beside "use_sliding_window": false, and, where it is true, often
// no layer that slides: layers from max_window_layers (by default 28) on do.
TEST(Qwen2Family, AWindowThatNoLayerHasIsNone) {
  for (const json& fields :
       {json{{"use_sliding_window", false}, {"sliding_window", 128}, {"max_window_layers", 0}},
        json{{"use_sliding_window", true}, {"sliding_window", 128}},
        json{{"use_sliding_window", true}, {"sliding_window", nullptr}, {"max_window_layers", 0}},
        json{{"use_sliding_window", true}, {"sliding_window", 128}, {"max_window_layers", 6}},
        json{{"use_sliding_window", true}, {"sliding_window", 1024}, {"max_window_layers", 0}}}) {
    const auto read = ConfigFromJson(Qwen2(fields));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->window, 0) << fields;
    json written = {{"model_type", "qwen2"}};
    EntryOf(read->family).to_json(*read, written);
    EXPECT_EQ(written["use_sliding_window"], false);
  }
}

json TypesOf(int64_t num_layers, const char* type) {
  json types = json::array();
  for (int64_t i = 0; i < num_layers; ++i) types.push_back(type);
  return types;
}

// Newer files of transformers have the list beside the fields that it is made of.
TEST(Qwen2Family, AListOfLayerTypesIsWhatTheOtherFieldsSay) {
  const json slides = {
      {"use_sliding_window", true}, {"sliding_window", 128}, {"max_window_layers", 0}};
  const json full = {
      {"use_sliding_window", false}, {"sliding_window", nullptr}, {"max_window_layers", 0}};
  const json none = {
      {"use_sliding_window", true}, {"sliding_window", 128}, {"max_window_layers", 6}};
  const auto with = [](json fields, const json& types) {
    fields["layer_types"] = types;
    return ConfigFromJson(Qwen2(fields));
  };
  const auto window = with(slides, TypesOf(6, "sliding_attention"));
  ASSERT_TRUE(window.ok()) << window.status();
  EXPECT_EQ(window->window, 128);
  EXPECT_EQ(with(slides, nullptr)->window, 128);
  for (const json& fields : {full, none}) {
    const auto read = with(fields, TypesOf(6, "full_attention"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->window, 0);
  }
}

TEST(Qwen2Family, RefusesAListOfLayerTypesThatTheOtherFieldsContradict) {
  json some = TypesOf(6, "sliding_attention");
  some[4] = "full_attention";
  const std::pair<json, const char*> cases[] = {
      {TypesOf(6, "full_attention"), "layer_types: layer 0 is not \"sliding_attention\""},
      {some, "layer_types: layer 4 is not \"sliding_attention\""},
      {TypesOf(5, "sliding_attention"), "layer_types is no list of the types of 6 layers"},
      {"sliding_attention", "layer_types is no list of the types of 6 layers"}};
  for (const auto& [types, message] : cases) {
    const auto refused = ConfigFromJson(Qwen2({{"use_sliding_window", true},
                                               {"sliding_window", 128},
                                               {"max_window_layers", 0},
                                               {"layer_types", types}}));
    EXPECT_EQ(ExitCodeFor(refused.status()), ExitCode::kBadData) << types;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(message));
  }
  const auto refused = ConfigFromJson(
      Qwen2({{"use_sliding_window", false}, {"layer_types", TypesOf(6, "sliding_attention")}}));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("layer_types: layer 0 is not \"full_attention\""));
}

TEST(Qwen2Family, RefusesAWindowOfSomeLayersByName) {
  const auto refused = ConfigFromJson(
      Qwen2({{"use_sliding_window", true}, {"sliding_window", 128}, {"max_window_layers", 2}}));
  EXPECT_EQ(ExitCodeFor(refused.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("max_window_layers = 2"));
}

}  // namespace
}  // namespace bench::models
