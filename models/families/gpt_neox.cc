// GPT-NeoX, the form of StableLM-alpha: LayerNorm, a parallel residual with two norms, rotary
// positions of a share of each head, q, k and v of each head together.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.kv_heads = nullptr, .eps = "layer_norm_eps"};
constexpr TensorNames kNames = {.embedding = "gpt_neox.embed_in",
                                .layers = "gpt_neox.layers",
                                .q = "attention.query_key_value",
                                .k = "attention.query_key_value",
                                .v = "attention.query_key_value",
                                .o = "attention.dense",
                                .up = "mlp.dense_h_to_4h",
                                .down = "mlp.dense_4h_to_h",
                                .final_norm = "gpt_neox.final_layer_norm",
                                .head = "embed_out",
                                .qkv = QkvStorage::kGrouped};
constexpr double kShare = 0.25;

void SetGptNeoxAxes(DecoderConfig& c) {
  c.norm = {LayerNorm(), 1e-5};
  c.position = Rope{.width = static_cast<int64_t>(static_cast<double>(c.head_dim) * kShare)};
  c.mlp = Gelu{GeluForm::kErf};
  c.residual = ParallelResidual{ParallelNorms::kTwo};
  c.biases = {.qkv = true, .output = true, .mlp = true};
  c.tie_embeddings = false;
}

absl::Status ReadPositions(const Json& json, DecoderConfig& config) {
  const Json renamed =
      Renamed(json, {{"rotary_emb_base", "rope_theta"}, {"rotary_pct", "partial_rotary_factor"}});
  return ReadRope(renamed, config);
}

absl::Status ReadActivation(const Json& json, DecoderConfig& config) {
  const auto activation = json.find("hidden_act");
  if (activation == json.end() || activation->is_null() || *activation == "gelu") {
    return absl::OkStatus();
  }
  config.mlp = Gelu{GeluForm::kTanh};
  if (*activation == "gelu_fast") return absl::OkStatus();  // the same, factored otherwise
  return RequireValue(json, "hidden_act", "gelu_new");
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  DecoderConfig config;
  config.max_positions = 2048;
  config.tie_embeddings = false;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  const double eps = config.norm.eps;
  const bool is_tied = config.tie_embeddings;
  SetGptNeoxAxes(config);
  config.norm.eps = eps;
  config.tie_embeddings = is_tied;
  bool has_bias = true, is_parallel = true;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "attention_bias", has_bias));
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_parallel_residual", is_parallel));
  config.biases = {.qkv = has_bias, .output = has_bias, .mlp = true};
  if (!is_parallel) config.residual = SequentialResidual();
  BENCH_RETURN_IF_ERROR(ReadActivation(json, config));
  BENCH_RETURN_IF_ERROR(ReadPositions(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  const Rope& rope = std::get<Rope>(config.position);
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["rotary_emb_base"] = rope.theta;
  json["rotary_pct"] =
      static_cast<double>(RotaryWidth(config)) / static_cast<double>(config.head_dim);
  json["attention_bias"] = config.biases.qkv;
  json["use_parallel_residual"] = std::holds_alternative<ParallelResidual>(config.residual);
  json["hidden_act"] = std::get<Gelu>(config.mlp).form == GeluForm::kErf ? "gelu" : "gelu_new";
}

constexpr std::string_view kTokenizer = "byte-level BPE";

}  // namespace

std::vector<FamilyEntry> GptNeoxFamily() {
  return {{.name = "gpt_neox",
           .model_type = "gpt_neox",
           .hf_class = "GPTNeoXForCausalLM",
           .hf_reward_class = "GPTNeoXForSequenceClassification",
           .names = kNames,
           .set_axes = SetGptNeoxAxes,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {
               {"stablelm-alpha-3b", "2023-04", kTokenizer, {4096, 16, 32, 32, 16384, 50688, 4096}},
               {"stablelm-alpha-7b", "2023-04", kTokenizer, {6144, 16, 48, 48, 24576, 50432, 4096}},
           }}};
}

}  // namespace bench::models
