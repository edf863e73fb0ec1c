// Mistral: LLaMA's shape, with attention that may slide.
//
// A query sees the last sliding_window keys only, its own among them. Where no sequence can be
// longer than the window that changes nothing. Source: transformers, configuration_mistral.py,
// whose defaults count, and masking_utils.py.
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {.head_dim = "head_dim"};
constexpr int64_t kDefaultWindow = 4096;
constexpr int64_t kDefaultPositions = 131072;
constexpr int64_t kDefaultKvHeads = 8;

// An absent field is the default, null no window.
absl::Status ReadWindow(const Json& json, DecoderConfig& config) {
  if (!json.contains("sliding_window")) {
    config.window = kDefaultWindow;
  } else {
    BENCH_RETURN_IF_ERROR(ReadInteger(json, "sliding_window", config.window));
    if (config.window < 1 && !json["sliding_window"].is_null()) {
      return DataError(absl::StrCat("sliding_window = ", config.window, " is no window"));
    }
  }
  if (!config.slides()) config.window = 0;
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  DecoderConfig config;
  config.max_positions = kDefaultPositions;
  config.norm.eps = 1e-6;
  config.tie_embeddings = false;
  Json given = json;
  if (!given.contains("num_key_value_heads")) given["num_key_value_heads"] = kDefaultKvHeads;
  BENCH_RETURN_IF_ERROR(ReadSizes(given, kKeys, config));
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  BENCH_RETURN_IF_ERROR(ReadWindow(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["sliding_window"] = config.window > 0 ? Json(config.window) : Json(nullptr);
}

void Instruct02(DecoderConfig& c) {
  c.tie_embeddings = false;
  c.position = Rope{.theta = 1e6};
}

}  // namespace

std::vector<FamilyEntry> MistralFamily() {
  return {{.name = "mistral",
           .model_type = "mistral",
           .hf_class = "MistralForCausalLM",
           .hf_reward_class = "MistralForSequenceClassification",
           .from_json = FromJson,
           .to_json = ToJson,
           .published = {{"mistral-7b-instruct-v0.2",
                          "2023-12",
                          "SentencePiece BPE",
                          {4096, 32, 32, 8, 14336, 32000, 32768},
                          Instruct02}}}};
}

}  // namespace bench::models
