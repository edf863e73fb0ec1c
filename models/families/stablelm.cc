// StableLM-3B-4E1T: LLaMA's shape with LayerNorm and rotary positions of a quarter of each head.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.eps = "layer_norm_eps"};
constexpr double kShare = 0.25;

void SetStablelmAxes(DecoderConfig& c) {
  c.norm = {LayerNorm(), 1e-5};
  c.position = Rope{.width = static_cast<int64_t>(static_cast<double>(c.head_dim) * kShare)};
  c.tie_embeddings = false;
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "qk_layernorm", false));
  DecoderConfig config;
  config.max_positions = 4096;
  config.tie_embeddings = false;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  config.norm.kind = LayerNorm();
  config.position =
      Rope{.width = static_cast<int64_t>(static_cast<double>(config.head_dim) * kShare)};
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_qkv_bias", config.biases.qkv));
  bool is_parallel = false;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_parallel_residual", is_parallel));
  if (is_parallel) config.residual = ParallelResidual{ParallelNorms::kOne};
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["use_qkv_bias"] = config.biases.qkv;
  json["use_parallel_residual"] = std::holds_alternative<ParallelResidual>(config.residual);
}

}  // namespace

std::vector<FamilyEntry> StablelmFamily() {
  return {{.name = "stablelm",
           .model_type = "stablelm",
           .hf_class = "StableLmForCausalLM",
           .hf_reward_class = "StableLmForSequenceClassification",
           .set_axes = SetStablelmAxes,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"stablelm-3b-4e1t",
                          "2023-09",
                          "byte-level BPE",
                          {2560, 32, 32, 32, 6912, 50304, 4096}}}}};
}

}  // namespace bench::models
