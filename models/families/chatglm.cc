// ChatGLM-6B: LayerNorm whose output is the residual, two rotary positions, a prompt that all rows
// see, q, k and v of each head together, biases.
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.layers = "num_layers",
                            .intermediate = "inner_hidden_size",
                            .kv_heads = nullptr,
                            .positions = "max_sequence_length",
                            .initializer = nullptr,
                            .eps = "layernorm_epsilon"};
constexpr TensorNames kNames = {.embedding = "transformer.word_embeddings",
                                .layers = "transformer.layers",
                                .q = "attention.query_key_value",
                                .k = "attention.query_key_value",
                                .v = "attention.query_key_value",
                                .o = "attention.dense",
                                .up = "mlp.dense_h_to_4h",
                                .down = "mlp.dense_4h_to_h",
                                .final_norm = "transformer.final_layernorm",
                                .qkv = QkvStorage::kGrouped};
constexpr double kAlphaSquared = 56;  // twice 28 layers, however many there are

void SetChatglmAxes(DecoderConfig& c) {
  c.norm = {LayerNorm(), 1e-5};
  c.position = BlockRope{.gmask_id = 130001, .mask_id = 130000, .bos_id = 130004};
  c.mlp = Gelu{GeluForm::kTanh};
  c.residual = NormResidual{std::sqrt(kAlphaSquared)};
  c.biases = {.qkv = true, .output = true, .mlp = true};
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "position_encoding_2d", true));
  DecoderConfig config;
  SetChatglmAxes(config);
  config.max_positions = 2048;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  BlockRope& rope = std::get<BlockRope>(config.position);
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "gmask_token_id", rope.gmask_id));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "mask_token_id", rope.mask_id));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "bos_token_id", rope.bos_id));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  const BlockRope& rope = std::get<BlockRope>(config.position);
  WriteSizes(config, kKeys, json);
  json["position_encoding_2d"] = true;
  json["gmask_token_id"] = rope.gmask_id;
  json["mask_token_id"] = rope.mask_id;
  json["bos_token_id"] = rope.bos_id;
}

}  // namespace

std::vector<FamilyEntry> ChatglmFamily() {
  return {{.name = "chatglm",
           .model_type = "chatglm",
           .hf_class = "ChatGLMForConditionalGeneration",
           .hf_reward_class = "ChatGLMForSequenceClassification",
           .names = kNames,
           .set_axes = SetChatglmAxes,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"chatglm-6b",
                          "2023-03",
                          "SentencePiece (ice_text)",
                          {4096, 28, 32, 32, 16384, 130528, 2048}}}}};
}

}  // namespace bench::models
