// LLaMA and the models that share its shape (Alpaca, Vicuna, LLaMA2, Yi, DeepSeek).
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.head_dim = "head_dim"};

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "attention_bias", false));
  BENCH_RETURN_IF_ERROR(RequireValue(json, "mlp_bias", false));
  DecoderConfig config;  // LlamaConfig's defaults
  config.max_positions = 2048;
  config.norm.eps = 1e-6;
  config.tie_embeddings = false;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["attention_bias"] = false;
  json["mlp_bias"] = false;
}

constexpr std::string_view kTokenizer = "SentencePiece BPE";

void Untied(DecoderConfig& c) { c.tie_embeddings = false; }
void First(DecoderConfig& c) {
  Untied(c);
  c.norm.eps = 1e-6;
}
void Yi(DecoderConfig& c) {
  Untied(c);
  c.position = Rope{.theta = 5e6};
}

std::vector<PublishedModel> Published() {
  return {
      {"llama-7b", "2023-02", kTokenizer, {4096, 32, 32, 32, 11008, 32000, 2048}, First},
      {"llama-13b", "2023-02", kTokenizer, {5120, 40, 40, 40, 13824, 32000, 2048}, First},
      {"llama-33b", "2023-02", kTokenizer, {6656, 60, 52, 52, 17920, 32000, 2048}, First},
      {"llama-65b", "2023-02", kTokenizer, {8192, 80, 64, 64, 22016, 32000, 2048}, First},
      {"alpaca-7b", "2023-03", kTokenizer, {4096, 32, 32, 32, 11008, 32001, 2048}, First},
      {"vicuna-7b", "2023-03", kTokenizer, {4096, 32, 32, 32, 11008, 32000, 2048}, First},
      {"vicuna-13b", "2023-03", kTokenizer, {5120, 40, 40, 40, 13824, 32000, 2048}, First},
      {"llama2-7b", "2023-07", kTokenizer, {4096, 32, 32, 32, 11008, 32000, 4096}, Untied},
      {"llama2-13b", "2023-07", kTokenizer, {5120, 40, 40, 40, 13824, 32000, 4096}, Untied},
      {"llama2-70b", "2023-07", kTokenizer, {8192, 80, 64, 8, 28672, 32000, 4096}, Untied},
      {"yi-6b", "2023-11", kTokenizer, {4096, 32, 32, 4, 11008, 64000, 4096}, Yi},
      {"yi-34b", "2023-11", kTokenizer, {7168, 60, 56, 8, 20480, 64000, 4096}, Yi},
      {"deepseek-7b", "2023-11", "byte-level BPE", {4096, 30, 32, 32, 11008, 102400, 4096}, First},
      {"deepseek-67b", "2023-11", "byte-level BPE", {8192, 95, 64, 8, 22016, 102400, 4096}, First},
  };
}

}  // namespace

std::vector<FamilyEntry> LlamaFamily() {
  return {{.name = "llama",
           .model_type = "llama",
           .hf_class = "LlamaForCausalLM",
           .hf_reward_class = "LlamaForSequenceClassification",
           .from_json = FromJson,
           .to_json = ToJson,
           .published = Published()}};
}

}  // namespace bench::models
