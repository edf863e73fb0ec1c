// ChatGLM2 (and ChatGLM3): rotary positions in interleaved pairs of the first half of a head, two
// key/value heads, biases on q, k and v.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.layers = "num_layers",
                            .vocabulary = "padded_vocab_size",
                            .intermediate = "ffn_hidden_size",
                            .kv_heads = nullptr,
                            .head_dim = "kv_channels",
                            .positions = "seq_length",
                            .initializer = nullptr,
                            .eps = "layernorm_epsilon"};
constexpr char kGroups[] = "multi_query_group_num";
constexpr TensorNames kNames = {.embedding = "transformer.embedding.word_embeddings",
                                .layers = "transformer.encoder.layers",
                                .q = "self_attention.query_key_value",
                                .k = "self_attention.query_key_value",
                                .v = "self_attention.query_key_value",
                                .o = "self_attention.dense",
                                .gate = "mlp.dense_h_to_4h",
                                .up = "mlp.dense_h_to_4h",
                                .down = "mlp.dense_4h_to_h",
                                .final_norm = "transformer.encoder.final_layernorm",
                                .head = "transformer.output_layer",
                                .pairs = PairStorage::kInterleaved};

void SetChatglm2Axes(DecoderConfig& c) {
  c.norm.eps = 1e-5;
  c.position = Rope{.width = c.head_dim / 2};
  c.biases = {.qkv = true};
  c.tie_embeddings = false;
}

// ChatGLM-6B has the same model_type and other fields.
bool IsSecond(const Json& json) { return json.contains("multi_query_attention"); }

absl::Status RequireForm(const Json& json) {
  const std::pair<const char*, bool> fields[] = {
      {"rmsnorm", true},          {"post_layer_norm", true},
      {"add_bias_linear", false}, {"apply_residual_connection_post_layernorm", false},
      {"original_rope", true},    {"multi_query_attention", true}};
  for (const auto& [name, value] : fields) {
    BENCH_RETURN_IF_ERROR(RequireValue(json, name, value));
  }
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireForm(json));
  DecoderConfig config;
  config.tie_embeddings = false;
  config.max_positions = 2048;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  const double eps = config.norm.eps;
  SetChatglm2Axes(config);
  config.norm.eps = eps;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "tie_word_embeddings", config.tie_embeddings));
  BENCH_RETURN_IF_ERROR(ReadBool(json, "add_qkv_bias", config.biases.qkv));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, kGroups, config.num_kv_heads));
  double ratio = 1;  // of the base, in files for long contexts
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "rope_ratio", ratio));
  std::get<Rope>(config.position).theta *= ratio;
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  json[kGroups] = config.num_kv_heads;
  json["add_qkv_bias"] = config.biases.qkv;
  json["rmsnorm"] = true;
  json["post_layer_norm"] = true;
  json["add_bias_linear"] = false;
  json["apply_residual_connection_post_layernorm"] = false;
  json["original_rope"] = true;
  json["multi_query_attention"] = true;
  json["rope_ratio"] = std::get<Rope>(config.position).theta / Rope().theta;
}

}  // namespace

std::vector<FamilyEntry> Chatglm2Family() {
  return {{.name = "chatglm2",
           .model_type = "chatglm",
           .hf_class = "ChatGLMModel",
           .hf_reward_class = "ChatGLMForSequenceClassification",
           .names = kNames,
           .set_axes = SetChatglm2Axes,
           .is_of = IsSecond,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"chatglm2-6b",
                          "2023-06",
                          "SentencePiece BPE",
                          {4096, 28, 32, 2, 13696, 65024, 32768}}}}};
}

}  // namespace bench::models
