// Mistral: LLaMA in all but name, unless its attention slides.
//
// A query sees the last sliding_window keys only. Where no sequence can be longer than the window
// that changes nothing, and the model is read as LLaMA's; else it is refused by name. Source:
// transformers, configuration_mistral.py, whose defaults count.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr int64_t kDefaultWindow = 4096;
constexpr int64_t kDefaultPositions = 131072;
constexpr int64_t kDefaultKvHeads = 8;

absl::Status CheckWindow(const Json& json) {
  const Json window = json.value("sliding_window", Json(kDefaultWindow));
  if (window.is_null()) return absl::OkStatus();
  const Json& positions = json.at("max_position_embeddings");
  if (!window.is_number_integer()) return DataError("sliding_window is not an integer");
  if (!positions.is_number_integer()) return DataError("max_position_embeddings is not an integer");
  if (window.get<int64_t>() >= positions.get<int64_t>()) return absl::OkStatus();
  return DataError(absl::StrCat("sliding_window = ", window.dump(),
                                json.contains("sliding_window") ? "" : " (the default)",
                                " is below max_position_embeddings = ", positions.dump(),
                                " and is not implemented; rows of at most ", window.dump(),
                                " tokens do not feel it: set max_position_embeddings to that"));
}

absl::StatusOr<DecoderConfig> MistralFromJson(const Json& json) {
  Json llama = json;
  if (!llama.contains("num_key_value_heads")) llama["num_key_value_heads"] = kDefaultKvHeads;
  if (!llama.contains("max_position_embeddings")) {
    llama["max_position_embeddings"] = kDefaultPositions;
  }
  BENCH_RETURN_IF_ERROR(CheckWindow(llama));
  return kLlamaAdapter.from_json(llama);
}

std::vector<ParameterSpec> MistralParameters(const DecoderConfig& config) {
  return kLlamaAdapter.parameters(config);
}

// Saved as what it is here.
void MistralToJson(const DecoderConfig& config, Json& json) { kLlamaAdapter.to_json(config, json); }

}  // namespace

const FamilyAdapter kMistralAdapter = {
    Family::kLlama,    "mistral",       "LlamaForCausalLM", "LlamaForSequenceClassification",
    MistralParameters, MistralFromJson, MistralToJson};

}  // namespace bench::models
