// Mistral: LLaMA in all but name, unless its attention slides.
//
// A query sees the last sliding_window keys only. Where no sequence can be longer than the window
// that changes nothing; else it is refused by name. Source: transformers, configuration_mistral.py,
// whose defaults count.
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

absl::Status CheckWindow(const Json& json, int64_t max_positions) {
  const Json window = json.value("sliding_window", Json(kDefaultWindow));
  if (window.is_null()) return absl::OkStatus();
  if (!window.is_number_integer()) return DataError("sliding_window is not an integer");
  if (window.get<int64_t>() >= max_positions) return absl::OkStatus();
  return DataError(absl::StrCat("sliding_window = ", window.dump(),
                                json.contains("sliding_window") ? "" : " (the default)",
                                " is below max_position_embeddings = ", max_positions,
                                " and is not implemented; rows of at most ", window.dump(),
                                " tokens do not feel it: set max_position_embeddings to that"));
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
  BENCH_RETURN_IF_ERROR(CheckWindow(json, config.max_positions));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["sliding_window"] = nullptr;
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
