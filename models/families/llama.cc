// LLaMA and the models that share its shape (Alpaca, Vicuna, LLaMA2, Yi, DeepSeek).
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

std::vector<ParameterSpec> LlamaParameters(const DecoderConfig& c) {
  const int64_t d = c.hidden_size, q = c.num_heads * c.head_dim, kv = c.num_kv_heads * c.head_dim;
  std::vector<ParameterSpec> specs = {{"model.embed_tokens.weight", {c.vocab_size, d}}};
  for (int64_t i = 0; i < c.num_layers; ++i) {
    const std::string prefix = absl::StrCat("model.layers.", i, ".");
    specs.push_back({prefix + "input_layernorm.weight", {d}});
    specs.push_back({prefix + "self_attn.q_proj.weight", {q, d}});
    specs.push_back({prefix + "self_attn.k_proj.weight", {kv, d}});
    specs.push_back({prefix + "self_attn.v_proj.weight", {kv, d}});
    specs.push_back({prefix + "self_attn.o_proj.weight", {d, q}});
    specs.push_back({prefix + "post_attention_layernorm.weight", {d}});
    specs.push_back({prefix + "mlp.gate_proj.weight", {c.intermediate_size, d}});
    specs.push_back({prefix + "mlp.up_proj.weight", {c.intermediate_size, d}});
    specs.push_back({prefix + "mlp.down_proj.weight", {d, c.intermediate_size}});
  }
  specs.push_back({"model.norm.weight", {d}});
  if (!c.tie_embeddings) specs.push_back({"lm_head.weight", {c.vocab_size, d}});
  return specs;
}

// A field that is absent or null keeps `target`; one of another type is a DataError.
absl::Status ReadInteger(const Json& json, const char* name, int64_t& target) {
  const auto it = json.find(name);
  if (it == json.end() || it->is_null()) return absl::OkStatus();
  if (!it->is_number_integer()) return DataError(absl::StrCat(name, " is not an integer"));
  target = it->get<int64_t>();
  return absl::OkStatus();
}

absl::Status ReadNumber(const Json& json, const char* name, double& target) {
  const auto it = json.find(name);
  if (it == json.end() || it->is_null()) return absl::OkStatus();
  if (!it->is_number()) return DataError(absl::StrCat(name, " is not a number"));
  target = it->get<double>();
  return absl::OkStatus();
}

absl::Status RequireValue(const Json& json, const char* name, const Json& implemented) {
  const auto it = json.find(name);
  if (it == json.end() || it->is_null() || *it == implemented) return absl::OkStatus();
  return DataError(
      absl::StrCat(name, " = ", it->dump(), " is not implemented (only ", implemented.dump(), ")"));
}

// transformers 4 writes rope_theta and rope_scaling, transformers 5 rope_parameters.
absl::Status ReadRope(const Json& json, DecoderConfig& config) {
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "rope_theta", config.rope_theta));
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const auto it = json.find(name);
    if (it == json.end() || it->is_null()) continue;
    if (!it->is_object()) return DataError(absl::StrCat(name, " is not an object"));
    for (const char* key : {"rope_type", "type"}) {
      BENCH_RETURN_IF_ERROR(Annotate(RequireValue(*it, key, "default"), name));
    }
    BENCH_RETURN_IF_ERROR(RequireValue(*it, "partial_rotary_factor", 1.0));
    BENCH_RETURN_IF_ERROR(ReadNumber(*it, "rope_theta", config.rope_theta));
  }
  return absl::OkStatus();
}

absl::Status ReadSizes(const Json& json, DecoderConfig& config) {
  const std::initializer_list<std::pair<const char*, int64_t*>> required = {
      {"vocab_size", &config.vocab_size},
      {"hidden_size", &config.hidden_size},
      {"num_hidden_layers", &config.num_layers},
      {"num_attention_heads", &config.num_heads},
      {"intermediate_size", &config.intermediate_size}};
  for (const auto& [name, target] : required) {
    if (!json.contains(name)) return DataError(absl::StrCat(name, " is missing"));
    BENCH_RETURN_IF_ERROR(ReadInteger(json, name, *target));
  }
  config.num_kv_heads = config.num_heads;
  config.head_dim = config.num_heads > 0 ? config.hidden_size / config.num_heads : 0;
  config.max_positions = 2048;  // LlamaConfig's default
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "num_key_value_heads", config.num_kv_heads));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "head_dim", config.head_dim));
  return ReadInteger(json, "max_position_embeddings", config.max_positions);
}

absl::StatusOr<DecoderConfig> LlamaFromJson(const Json& json) {
  DecoderConfig config;
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "attention_bias", false));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "mlp_bias", false));
  BENCH_RETURN_IF_ERROR(ReadSizes(json, config));
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  config.rms_norm_eps = 1e-6;  // LlamaConfig's default
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "rms_norm_eps", config.rms_norm_eps));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "initializer_range", config.initializer_std));
  config.tie_embeddings = false;
  const auto tied = json.find("tie_word_embeddings");
  if (tied != json.end() && !tied->is_boolean() && !tied->is_null()) {
    return DataError("tie_word_embeddings is not a boolean");
  }
  if (tied != json.end() && tied->is_boolean()) config.tie_embeddings = tied->get<bool>();
  return config;
}

void LlamaToJson(const DecoderConfig& config, Json& json) {
  json["vocab_size"] = config.vocab_size;
  json["hidden_size"] = config.hidden_size;
  json["num_hidden_layers"] = config.num_layers;
  json["num_attention_heads"] = config.num_heads;
  json["num_key_value_heads"] = config.num_kv_heads;
  json["head_dim"] = config.head_dim;
  json["intermediate_size"] = config.intermediate_size;
  json["max_position_embeddings"] = config.max_positions;
  json["hidden_act"] = "silu";
  json["attention_bias"] = false;
  json["mlp_bias"] = false;
  json["rms_norm_eps"] = config.rms_norm_eps;
  json["initializer_range"] = config.initializer_std;
  json["rope_theta"] = config.rope_theta;
  json["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", config.rope_theta}};
  json["tie_word_embeddings"] = config.tie_embeddings;
}

}  // namespace

const FamilyAdapter kLlamaAdapter = {
    Family::kLlama,  "llama",       "LlamaForCausalLM", "LlamaForSequenceClassification",
    LlamaParameters, LlamaFromJson, LlamaToJson};

}  // namespace bench::models
