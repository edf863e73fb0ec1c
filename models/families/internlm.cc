// InternLM: LLaMA's shape; the 7B has a bias on q, k, v and o.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.kv_heads = nullptr};

void SetPlainAxes(DecoderConfig& c) {
  c.norm.eps = 1e-6;
  c.tie_embeddings = false;
}
void SetBiasedAxes(DecoderConfig& c) {
  SetPlainAxes(c);
  c.biases = {.qkv = true, .output = true};
}

bool HasNoBias(const Json& json) { return json.contains("bias") && json["bias"] == false; }

// {"base": 10000, "type": "dynamic"}; older files have none.
absl::Status ReadRotary(const Json& json, DecoderConfig& config) {
  Rope& rope = std::get<Rope>(config.position);
  const auto rotary = json.find("rotary");
  if (rotary == json.end() || rotary->is_null()) return absl::OkStatus();
  if (!rotary->is_object()) return DataError("rotary is not an object");
  BENCH_RETURN_IF_ERROR(Annotate(ReadNumber(*rotary, "base", rope.theta), "rotary"));
  if (rotary->value("type", Json("origin")) == "origin") return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(Annotate(RequireValue(*rotary, "type", "dynamic"), "rotary"));
  rope.scaling = DynamicNtkScaling{.factor = 1, .original_positions = config.max_positions};
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    BENCH_RETURN_IF_ERROR(RequireValue(json, name, nullptr));
  }
  DecoderConfig config;
  SetPlainAxes(config);
  config.max_positions = 2048;
  bool has_bias = true;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "bias", has_bias));
  config.biases = {.qkv = has_bias, .output = has_bias};
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  BENCH_RETURN_IF_ERROR(ReadRotary(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  const Rope& rope = std::get<Rope>(config.position);
  WriteSizes(config, kKeys, json);
  json["hidden_act"] = "silu";
  json["bias"] = config.biases.qkv;
  const bool is_dynamic = std::holds_alternative<DynamicNtkScaling>(rope.scaling);
  json["rotary"] = {{"base", rope.theta}, {"type", is_dynamic ? "dynamic" : "origin"}};
}

constexpr std::string_view kTokenizer = "SentencePiece BPE";

FamilyEntry Entry(std::string_view name) {
  return {.name = name,
          .model_type = "internlm",
          .hf_class = "InternLMForCausalLM",
          .hf_reward_class = "InternLMForSequenceClassification",
          .from_json = FromJson,
          .to_json = ToJson};
}

}  // namespace

std::vector<FamilyEntry> InternlmFamily() {
  FamilyEntry plain = Entry("internlm-20b"), biased = Entry("internlm");
  plain.is_of = HasNoBias;
  plain.set_axes = SetPlainAxes;
  plain.published = {
      {"internlm-20b", "2023-09", kTokenizer, {5120, 60, 40, 40, 13824, 103168, 4096}}};
  biased.set_axes = SetBiasedAxes;
  biased.published = {
      {"internlm-7b", "2023-07", kTokenizer, {4096, 32, 32, 32, 11008, 103168, 2048}}};
  return {plain, biased};
}

}  // namespace bench::models
