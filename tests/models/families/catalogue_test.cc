#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_split.h"
#include "models/blocks/decoder_blocks.h"
#include "models/families/family.h"
#include "models/weight_files.h"

namespace bench::models {
namespace {

using nlohmann::json;

TEST(FamilyCatalogue, HasOneNameAPlaceAndBeginsWithLlama) {
  const auto& names = EnumNames(Family());
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(EntryOf(Family()).name, "llama");
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(EntryOf(static_cast<Family>(i)).name, names[i]);
  }
}

TEST(FamilyCatalogue, UnknownTypesListTheKnown) {
  const auto found = ConfigFromJson({{"model_type", "mamba"}});
  EXPECT_EQ(found.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(found.status().message()), testing::HasSubstr("known: llama"));
  EXPECT_THAT(std::string(ConfigFromJson(json::object()).status().message()),
              testing::HasSubstr("model_type is missing"));
}

// As published, to the digit; computed from the checkpoints' tensors, not from this code.
TEST(FamilyCatalogue, ParameterCountsAreThoseOfThePublishedModels) {
  const std::pair<const char*, int64_t> published[] = {
      {"llama-7b", 6'738'415'616},        {"alpaca-7b", 6'738'423'808},
      {"llama-13b", 13'015'864'320},      {"llama2-70b", 68'976'648'192},
      {"baichuan-7b", 7'000'559'616},     {"baichuan-13b", 13'264'901'120},
      {"internlm-7b", 7'321'948'160},     {"internlm-20b", 20'088'714'240},
      {"internlm2-7b", 7'737'708'544},    {"qwen-7b", 7'721'324'544},
      {"yi-6b", 6'061'035'520},           {"yi-34b", 34'388'917'248},
      {"deepseek-7b", 6'910'365'696},     {"deepseek-67b", 67'425'001'472},
      {"chatglm-6b", 6'173'286'400},      {"chatglm2-6b", 6'243'584'000},
      {"moss-moon-003", 16'717'980'160},  {"bloom-7b1", 7'069'016'064},
      {"falcon-rw-1b", 1'311'625'216},    {"falcon-7b", 6'921'720'704},
      {"falcon-40b", 41'303'293'952},     {"stablelm-alpha-3b", 3'637'321'728},
      {"stablelm-3b-4e1t", 2'795'443'200}};
  for (const auto& [name, count] : published) {
    const auto model = FindPublishedModel(name);
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(NumParameters(model->config), count) << name;
  }
}

TEST(FamilyCatalogue, EveryPublishedModelIsValidAndFoundByItsName) {
  for (const NamedModel& model : PublishedModels()) {
    EXPECT_TRUE(Validate(model.config).ok()) << model.model->name << Validate(model.config);
    const auto found = FindPublishedModel(model.model->name);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->model, model.model);
  }
  EXPECT_THAT(std::string(FindPublishedModel("gpt-4").status().message()),
              testing::HasSubstr("known: llama-7b, "));
}

// configs/NAME.json has the fields of the published file, as old as it is.
TEST(FamilyCatalogue, PublishedConfigurationFilesAreReadAsTheirModels) {
  int num_files = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::string(BENCH_TEST_DATA) +
                                                              "/models/families/configs")) {
    const std::string name = file.path().stem().string();
    const auto fields = ReadJsonObject(file.path().string());
    ASSERT_TRUE(fields.ok()) << fields.status();
    const auto config = ConfigFromJson(*fields);
    ASSERT_TRUE(config.ok()) << name << ": " << config.status();
    const auto model = FindPublishedModel(name);
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(EntryOf(config->family).name, model->entry->name) << name;
    EXPECT_EQ(NumParameters(*config), NumParameters(model->config)) << name;
    EXPECT_EQ(config->norm.eps, model->config.norm.eps) << name;
    EXPECT_EQ(config->position.index(), model->config.position.index()) << name;
    EXPECT_EQ(RotaryWidth(*config), RotaryWidth(model->config)) << name;
    EXPECT_EQ(config->residual.index(), model->config.residual.index()) << name;
    EXPECT_EQ(config->mlp.index(), model->config.mlp.index()) << name;
    ++num_files;
  }
  EXPECT_GE(num_files, 19);
}

// What a config.json without its optional fields means.
struct Defaults {
  const char* model;
  const char* absent;  // the optional fields
  int64_t positions;
  double eps;
  int64_t rotary_width;
  int64_t num_kv_heads;
  bool tie_embeddings;
};

// Those of the configuration classes of transformers 5.24 (MOSS: CodeGen's), by reading them.
constexpr Defaults kDefaults[] = {
    {"llama-7b",
     "max_position_embeddings rms_norm_eps rope_theta rope_parameters hidden_act "
     "num_key_value_heads head_dim tie_word_embeddings initializer_range",
     2048, 1e-6, 128, 32, false},
    {"qwen1.5-7b",
     "max_position_embeddings rms_norm_eps rope_theta rope_parameters hidden_act "
     "tie_word_embeddings use_sliding_window",
     32768, 1e-6, 128, 32, false},
    {"bloom-7b1",
     "layer_norm_epsilon tie_word_embeddings apply_residual_connection_post_layernorm seq_length",
     2048, 1e-5, 0, 32, true},
    {"falcon-7b",
     "max_position_embeddings layer_norm_epsilon rope_theta rope_parameters activation alibi bias "
     "parallel_attn multi_query new_decoder_architecture num_kv_heads ffn_hidden_size "
     "tie_word_embeddings",
     2048, 1e-5, 64, 1, true},
    {"stablelm-alpha-3b",
     "max_position_embeddings layer_norm_eps rope_theta rope_parameters rotary_pct rotary_emb_base "
     "partial_rotary_factor attention_bias use_parallel_residual hidden_act tie_word_embeddings",
     2048, 1e-5, 32, 32, false},
    {"stablelm-3b-4e1t",
     "max_position_embeddings layer_norm_eps rope_theta rope_parameters partial_rotary_factor "
     "use_qkv_bias use_parallel_residual hidden_act tie_word_embeddings",
     4096, 1e-5, 20, 32, false},
    {"moss-moon-003",
     "n_positions layer_norm_epsilon n_inner rotary_dim activation_function tie_word_embeddings",
     2048, 1e-5, 64, 24, false}};

TEST(FamilyCatalogue, AbsentFieldsHaveTheDefaultsOfTransformers) {
  for (const Defaults& defaults : kDefaults) {
    SCOPED_TRACE(defaults.model);
    const NamedModel model = *FindPublishedModel(defaults.model);
    json fields = {{"model_type", model.entry->model_type}};
    model.entry->to_json(model.config, fields);
    for (const std::string& absent :
         std::vector<std::string>(absl::StrSplit(defaults.absent, ' '))) {
      fields.erase(absent);
    }
    const auto config = ConfigFromJson(fields);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(EntryOf(config->family).name, model.entry->name);
    EXPECT_EQ(config->max_positions, defaults.positions);
    EXPECT_EQ(config->norm.eps, defaults.eps);
    EXPECT_EQ(RotaryWidth(*config), defaults.rotary_width);
    EXPECT_EQ(config->num_kv_heads, defaults.num_kv_heads);
    EXPECT_EQ(config->tie_embeddings, defaults.tie_embeddings);
    const auto* rope = std::get_if<Rope>(&config->position);
    EXPECT_EQ(rope == nullptr ? 1e4 : rope->theta, 1e4);
    EXPECT_EQ(NumParameters(*config), NumParameters(model.config));
  }
}

// What a family writes, it reads as the same.
TEST(FamilyCatalogue, ConfigurationsOfPublishedModelsRoundTrip) {
  for (const NamedModel& model : PublishedModels()) {
    json written = {{"model_type", model.entry->model_type}};
    model.entry->to_json(model.config, written);
    const auto read = ConfigFromJson(written);
    ASSERT_TRUE(read.ok()) << model.model->name << ": " << read.status();
    json again = {{"model_type", EntryOf(read->family).model_type}};
    EntryOf(read->family).to_json(*read, again);
    EXPECT_EQ(again, written) << model.model->name;
    EXPECT_EQ(EntryOf(read->family).name, model.entry->name) << model.model->name;
  }
}

}  // namespace
}  // namespace bench::models
