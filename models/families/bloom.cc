// BLOOM (and TigerBot-7B): LayerNorm also behind the embedding, ALiBi, q, k and v of each head
// together, biases everywhere.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.layers = "n_layer",
                            .heads = "n_head",
                            .intermediate = nullptr,
                            .kv_heads = nullptr,
                            .positions = "seq_length",
                            .eps = "layer_norm_epsilon"};
constexpr TensorNames kNames = {.embedding = "transformer.word_embeddings",
                                .embedding_norm = "transformer.word_embeddings_layernorm",
                                .layers = "transformer.h",
                                .q = "self_attention.query_key_value",
                                .k = "self_attention.query_key_value",
                                .v = "self_attention.query_key_value",
                                .o = "self_attention.dense",
                                .up = "mlp.dense_h_to_4h",
                                .down = "mlp.dense_4h_to_h",
                                .final_norm = "transformer.ln_f",
                                .qkv = QkvStorage::kGrouped};

void SetBloomAxes(DecoderConfig& c) {
  c.norm = {LayerNorm(), 1e-5};
  c.embedding_norm = true;
  c.position = Alibi();
  c.mlp = Gelu{GeluForm::kTanh};
  c.biases = {.qkv = true, .output = true, .mlp = true};
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "apply_residual_connection_post_layernorm", false));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "n_inner", nullptr));
  DecoderConfig config;
  SetBloomAxes(config);
  config.max_positions = 2048;
  const Json renamed = Renamed(json, {{"n_embed", "hidden_size"},
                                      {"num_attention_heads", "n_head"},
                                      {"num_hidden_layers", "n_layer"}});
  BENCH_RETURN_IF_ERROR(ReadSizes(renamed, kKeys, config));
  config.intermediate_size = 4 * config.hidden_size;
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  json["apply_residual_connection_post_layernorm"] = false;
}

}  // namespace

std::vector<FamilyEntry> BloomFamily() {
  return {
      {.name = "bloom",
       .model_type = "bloom",
       .hf_class = "BloomForCausalLM",
       .hf_reward_class = "BloomForSequenceClassification",
       .names = kNames,
       .set_axes = SetBloomAxes,
       .from_json = FromJson,
       .to_json = ToJson,
       .published = {
           {"bloom-7b1", "2022-07", "byte-level BPE", {4096, 30, 32, 32, 16384, 250880, 2048}}}}};
}

}  // namespace bench::models
