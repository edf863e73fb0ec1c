// Falcon: RW-1B (ALiBi, biases, sequential), 7B (one key/value head, parallel with one norm) and
// 40B (grouped key/value heads, parallel with two norms).
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {
    .intermediate = nullptr, .kv_heads = nullptr, .eps = "layer_norm_epsilon"};

constexpr TensorNames Names(std::string_view attention_norm, std::string_view mlp_norm) {
  return {.embedding = "transformer.word_embeddings",
          .layers = "transformer.h",
          .attention_norm = attention_norm,
          .mlp_norm = mlp_norm,
          .q = "self_attention.query_key_value",
          .k = "self_attention.query_key_value",
          .v = "self_attention.query_key_value",
          .o = "self_attention.dense",
          .up = "mlp.dense_h_to_4h",
          .down = "mlp.dense_4h_to_h",
          .final_norm = "transformer.ln_f",
          .qkv = QkvStorage::kGrouped};
}

void SetAxes(DecoderConfig& c, const PositionConfig& position, const ResidualConfig& residual) {
  c.norm = {LayerNorm(), 1e-5};
  c.position = position;
  c.mlp = Gelu{GeluForm::kErf};
  c.residual = residual;
}

void SetRwAxes(DecoderConfig& c) {
  SetAxes(c, Alibi{AlibiOrder::kBeforeScalingInBf16}, SequentialResidual());
  c.biases = {.qkv = true, .output = true, .mlp = true};
}
void SetOneNormAxes(DecoderConfig& c) { SetAxes(c, Rope(), ParallelResidual{ParallelNorms::kOne}); }
void SetTwoNormAxes(DecoderConfig& c) { SetAxes(c, Rope(), ParallelResidual{ParallelNorms::kTwo}); }

bool Flag(const Json& json, const char* name, bool absent) {
  const auto it = json.find(name);
  return it == json.end() || !it->is_boolean() ? absent : it->get<bool>();
}
constexpr char kAlibi[] = "alibi";
constexpr char kParallel[] = "parallel_attn";
constexpr char kNew[] = "new_decoder_architecture";
constexpr char kNumNorms[] = "num_ln_in_parallel_attn";
constexpr char kNumKvHeads[] = "num_kv_heads";
constexpr char kMultiQuery[] = "multi_query";

bool IsSequential(const Json& json) {
  return !Flag(json, kNew, false) && !Flag(json, kParallel, true);
}
bool HasTwoNorms(const Json& json) {
  const bool says_one = json.contains(kNumNorms) && json[kNumNorms] == 1;
  return Flag(json, kNew, false) && !says_one;
}

absl::Status ReadKvHeads(const Json& json, DecoderConfig& config) {
  if (Flag(json, kNew, false)) return ReadInteger(json, kNumKvHeads, config.num_kv_heads);
  if (Flag(json, kMultiQuery, true)) config.num_kv_heads = 1;
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "activation", "gelu"));
  for (const char* name : {kAlibi, kParallel, kNew, kMultiQuery, "bias"}) {
    bool value = false;
    BENCH_RETURN_IF_ERROR(ReadBool(json, name, value));
  }
  DecoderConfig config;
  config.max_positions = 2048;
  const Json renamed =
      Renamed(json, {{"n_layer", "num_hidden_layers"}, {"n_head", "num_attention_heads"}});
  BENCH_RETURN_IF_ERROR(ReadSizes(renamed, kKeys, config));
  config.intermediate_size = 4 * config.hidden_size;
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "ffn_hidden_size", config.intermediate_size));
  BENCH_RETURN_IF_ERROR(ReadKvHeads(json, config));
  const double eps = config.norm.eps;
  (IsSequential(json) ? SetRwAxes : HasTwoNorms(json) ? SetTwoNormAxes : SetOneNormAxes)(config);
  config.norm.eps = eps;
  const bool has_bias = Flag(json, "bias", false);
  config.biases = {.qkv = has_bias, .output = has_bias, .mlp = has_bias};
  if (Flag(json, kAlibi, false)) {
    config.position = Alibi{AlibiOrder::kBeforeScalingInBf16};
    return config;
  }
  config.position = Rope();
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  const bool is_alibi = std::holds_alternative<Alibi>(config.position);
  if (!is_alibi) WriteRope(config, json);
  const auto* parallel = std::get_if<ParallelResidual>(&config.residual);
  const bool is_new = parallel != nullptr && parallel->norms == ParallelNorms::kTwo;
  const bool is_grouped = config.num_kv_heads != 1 && config.num_kv_heads != config.num_heads;
  json["activation"] = "gelu";
  json[kAlibi] = is_alibi;
  json["bias"] = config.biases.qkv;
  json[kParallel] = parallel != nullptr;
  json[kMultiQuery] = config.num_kv_heads != config.num_heads || is_new;
  json[kNew] = is_new || is_grouped;
  json[kNumKvHeads] = config.num_kv_heads;
  if (!is_new && is_grouped) json[kNumNorms] = 1;
  json["ffn_hidden_size"] = config.intermediate_size;
}

constexpr std::string_view kTokenizer = "byte-level BPE";

FamilyEntry Entry(std::string_view name, const TensorNames& names) {
  return {.name = name,
          .model_type = "falcon",
          .hf_class = "FalconForCausalLM",
          .hf_reward_class = "FalconForSequenceClassification",
          .names = names,
          .from_json = FromJson,
          .to_json = ToJson};
}

}  // namespace

std::vector<FamilyEntry> FalconFamily() {
  FamilyEntry rw = Entry("falcon-rw", Names("input_layernorm", "post_attention_layernorm"));
  rw.set_axes = SetRwAxes;
  rw.is_of = IsSequential;
  rw.published = {
      {"falcon-rw-1b", "2023-04", "byte-level BPE (GPT-2)", {2048, 24, 32, 32, 8192, 50304, 2048}}};
  FamilyEntry two = Entry("falcon-40b", Names("ln_attn", "ln_mlp"));
  two.set_axes = SetTwoNormAxes;
  two.is_of = HasTwoNorms;
  two.published = {{"falcon-40b", "2023-05", kTokenizer, {8192, 60, 128, 8, 32768, 65024, 2048}}};
  FamilyEntry one = Entry("falcon-7b", Names("input_layernorm", "post_attention_layernorm"));
  one.set_axes = SetOneNormAxes;
  one.published = {{"falcon-7b", "2023-04", kTokenizer, {4544, 32, 71, 1, 18176, 65024, 2048}}};
  return {rw, two, one};
}

}  // namespace bench::models
