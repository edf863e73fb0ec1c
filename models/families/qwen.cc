// Qwen (the first): biases on q, k and v, which lie in one matrix; beyond its training length a
// stretched rotation and queries scaled by the logarithm of their position.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {
    .kv_heads = nullptr, .head_dim = "kv_channels", .eps = "layer_norm_epsilon"};
constexpr TensorNames kNames = {.embedding = "transformer.wte",
                                .layers = "transformer.h",
                                .attention_norm = "ln_1",
                                .mlp_norm = "ln_2",
                                .q = "attn.c_attn",
                                .k = "attn.c_attn",
                                .v = "attn.c_attn",
                                .o = "attn.c_proj",
                                .gate = "mlp.w2",
                                .up = "mlp.w1",
                                .down = "mlp.c_proj",
                                .final_norm = "transformer.ln_f"};

void SetQwenAxes(DecoderConfig& c) {
  c.biases = {.qkv = true};
  c.norm.eps = 1e-6;
  c.tie_embeddings = false;
}

absl::Status ReadPositions(const Json& json, DecoderConfig& config) {
  Rope& rope = std::get<Rope>(config.position);
  BENCH_RETURN_IF_ERROR(RequireValue(json, "rotary_pct", 1.0));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "rotary_emb_base", rope.theta));
  SteppedNtkScaling scaling;
  bool is_dynamic = true;  // QWenConfig's defaults
  scaling.log_n = true;
  scaling.original_positions = config.max_positions;
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "seq_length", scaling.original_positions));
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_dynamic_ntk", is_dynamic));
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_logn_attn", scaling.log_n));
  if (is_dynamic) {
    rope.scaling = scaling;
  } else if (scaling.log_n) {
    rope.log_n_positions = scaling.original_positions;
  }
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "no_bias", true));
  DecoderConfig config;
  SetQwenAxes(config);
  config.max_positions = 8192;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  if (config.intermediate_size % 2 != 0) {
    return DataError("intermediate_size is odd: it counts both w1 and w2");
  }
  config.intermediate_size /= 2;
  BENCH_RETURN_IF_ERROR(ReadPositions(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  const Rope& rope = std::get<Rope>(config.position);
  const int64_t log_n = LogNPositions(rope);
  WriteSizes(config, kKeys, json);
  json["intermediate_size"] = 2 * config.intermediate_size;
  json["no_bias"] = true;
  json["rotary_pct"] = 1.0;
  json["rotary_emb_base"] = rope.theta;
  json["seq_length"] = log_n > 0 ? log_n : OriginalPositions(rope.scaling, config.max_positions);
  json["use_dynamic_ntk"] = std::holds_alternative<SteppedNtkScaling>(rope.scaling);
  json["use_logn_attn"] = log_n > 0;
}

constexpr std::string_view kTokenizer = "byte-level BPE (tiktoken)";

void Trained2k(DecoderConfig& c) {
  c.position = Rope{.scaling = SteppedNtkScaling{2048, /*log_n=*/true}};
}
void Trained8k(DecoderConfig& c) {
  c.position = Rope{.scaling = SteppedNtkScaling{8192, /*log_n=*/true}};
}

}  // namespace

std::vector<FamilyEntry> QwenFamily() {
  return {
      {.name = "qwen",
       .model_type = "qwen",
       .hf_class = "QWenLMHeadModel",
       .hf_reward_class = "QWenForSequenceClassification",
       .names = kNames,
       .set_axes = SetQwenAxes,
       .from_json = FromJson,
       .to_json = ToJson,
       .published = {
           {"qwen-1.8b", "2023-11", kTokenizer, {2048, 24, 16, 16, 5504, 151936, 8192}, Trained8k},
           {"qwen-7b", "2023-08", kTokenizer, {4096, 32, 32, 32, 11008, 151936, 32768}, Trained8k},
           {"qwen-14b", "2023-09", kTokenizer, {5120, 40, 40, 40, 13696, 152064, 8192}, Trained2k},
       }}};
}

}  // namespace bench::models
