// InternLM2: LLaMA's shape with q, k and v of each key/value head together in one matrix.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {};
constexpr TensorNames kNames = {.embedding = "model.tok_embeddings",
                                .attention_norm = "attention_norm",
                                .mlp_norm = "ffn_norm",
                                .q = "attention.wqkv",
                                .k = "attention.wqkv",
                                .v = "attention.wqkv",
                                .o = "attention.wo",
                                .gate = "feed_forward.w1",
                                .up = "feed_forward.w3",
                                .down = "feed_forward.w2",
                                .head = "output",
                                .qkv = QkvStorage::kGrouped};

void SetInternlm2Axes(DecoderConfig& c) {
  c.norm.eps = 1e-5;
  c.position = Rope{.theta = 1e6};
  c.tie_embeddings = false;
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  DecoderConfig config;
  SetInternlm2Axes(config);
  config.position = Rope();  // InternLM2Config's defaults
  config.norm.eps = 1e-6;
  config.max_positions = 2048;
  bool has_bias = true;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "bias", has_bias));
  config.biases = {.qkv = has_bias, .output = has_bias};
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["bias"] = config.biases.qkv;
}

void Dynamic(DecoderConfig& c) {
  c.position = Rope{.theta = 1e6, .scaling = DynamicNtkScaling{2, c.max_positions}};
  c.max_positions *= 2;
}

}  // namespace

std::vector<FamilyEntry> Internlm2Family() {
  return {{.name = "internlm2",
           .model_type = "internlm2",
           .hf_class = "InternLM2ForCausalLM",
           .hf_reward_class = "InternLM2ForSequenceClassification",
           .names = kNames,
           .set_axes = SetInternlm2Axes,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"internlm2-7b",
                          "2024-01",
                          "SentencePiece BPE",
                          {4096, 32, 32, 8, 14336, 92544, 32768},
                          Dynamic}}}};
}

}  // namespace bench::models
