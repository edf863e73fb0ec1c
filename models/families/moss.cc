// MOSS-moon-003: CodeGen's form. LayerNorm, a parallel residual with one norm, rotary positions in
// interleaved pairs of a part of each head, q, v and k in four blocks, a head with a bias.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.hidden = "n_embd",
                            .layers = "n_layer",
                            .heads = "n_head",
                            .intermediate = nullptr,
                            .kv_heads = nullptr,
                            .positions = "n_positions",
                            .eps = "layer_norm_epsilon"};
constexpr TensorNames kNames = {.embedding = "transformer.wte",
                                .layers = "transformer.h",
                                .attention_norm = "ln_1",
                                .q = "attn.qkv_proj",
                                .k = "attn.qkv_proj",
                                .v = "attn.qkv_proj",
                                .o = "attn.out_proj",
                                .up = "mlp.fc_in",
                                .down = "mlp.fc_out",
                                .final_norm = "transformer.ln_f",
                                .qkv = QkvStorage::kFourBlocks,
                                .pairs = PairStorage::kInterleaved};
constexpr int64_t kRotaryWidth = 64;
constexpr int64_t kNumBlocks = 4;

void SetMossAxes(DecoderConfig& c) {
  c.norm = {LayerNorm(), 1e-5};
  c.position = Rope{.width = c.head_dim < kRotaryWidth ? 0 : kRotaryWidth};
  c.mlp = Gelu{GeluForm::kTanh};
  c.residual = ParallelResidual{ParallelNorms::kOne};
  c.biases = {.mlp = true, .head = true};
  c.tie_embeddings = false;
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "activation_function", "gelu_new"));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "tie_word_embeddings", false));
  DecoderConfig config;
  config.max_positions = 2048;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  if (config.num_heads % kNumBlocks != 0) {
    return DataError("n_head is not a multiple of 4, the blocks of its files");
  }
  const double eps = config.norm.eps;
  SetMossAxes(config);
  config.norm.eps = eps;
  config.intermediate_size = 4 * config.hidden_size;
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "n_inner", config.intermediate_size));
  int64_t width = RotaryWidth(config);
  BENCH_RETURN_IF_ERROR(ReadInteger(json, "rotary_dim", width));
  if (width <= 0) return DataError("rotary_dim is not positive");
  std::get<Rope>(config.position).width = width;
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  json["n_inner"] = config.intermediate_size;
  json["rotary_dim"] = RotaryWidth(config);
  json["activation_function"] = "gelu_new";
}

}  // namespace

std::vector<FamilyEntry> MossFamily() {
  return {{.name = "moss",
           .model_type = "moss",
           .hf_class = "MossForCausalLM",
           .hf_reward_class = "MossForSequenceClassification",
           .names = kNames,
           .set_axes = SetMossAxes,
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"moss-moon-003",
                          "2023-04",
                          "byte-level BPE",
                          {6144, 34, 24, 24, 24576, 107008, 2048}}}}};
}

}  // namespace bench::models
