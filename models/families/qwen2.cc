// Qwen1.5 and Qwen2: LLaMA's shape with a bias on q, k and v, and a window in all layers or none.
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kKeys = {};

void SetQwen2Axes(DecoderConfig& c) {
  c.biases = {.qkv = true};
  c.norm.eps = 1e-6;
  c.position = Rope{.theta = 1e6};
  c.tie_embeddings = false;
}

// A list of layer_types says what the other fields say already. transformers believes the list,
// older programs know the other fields only, so a list that differs from them is refused.
absl::Status CheckLayerTypes(const Json& json, int64_t num_layers, int64_t full_layers) {
  const auto types = json.find("layer_types");
  if (types == json.end() || types->is_null()) return absl::OkStatus();
  if (!types->is_array() || static_cast<int64_t>(types->size()) != num_layers) {
    return DataError(
        absl::StrCat("layer_types is no list of the types of ", num_layers, " layers"));
  }
  for (int64_t i = 0; i < num_layers; ++i) {
    const char* expected = i < full_layers ? "full_attention" : "sliding_attention";
    if ((*types)[static_cast<size_t>(i)] == Json(expected)) continue;
    return DataError(absl::StrCat("layer_types: layer ", i, " is not \"", expected,
                                  "\", as use_sliding_window, sliding_window and "
                                  "max_window_layers say"));
  }
  return absl::OkStatus();
}

// Layers from max_window_layers on slide, so only 0 is a window of every layer; Qwen2Config's
// defaults are 4096 and 28, but null is no window.
absl::Status ReadWindow(const Json& json, DecoderConfig& config) {
  bool slides = false;
  BENCH_RETURN_IF_ERROR(ReadBool(json, "use_sliding_window", slides));
  const auto window = json.find("sliding_window");
  slides = slides && (window == json.end() || !window->is_null());
  int64_t full_layers = slides ? 28 : config.num_layers;
  if (slides) {
    config.window = 4096;
    BENCH_RETURN_IF_ERROR(ReadInteger(json, "max_window_layers", full_layers));
    BENCH_RETURN_IF_ERROR(ReadInteger(json, "sliding_window", config.window));
    if (config.window < 1) {
      return DataError(absl::StrCat("sliding_window = ", config.window, " is no window"));
    }
  }
  BENCH_RETURN_IF_ERROR(CheckLayerTypes(json, config.num_layers, full_layers));
  if (full_layers >= config.num_layers || !config.slides()) {
    config.window = 0;
  } else if (full_layers > 0) {
    return DataError(absl::StrCat("use_sliding_window with max_window_layers = ", full_layers,
                                  " is not implemented (only 0, a window in every layer)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  DecoderConfig config;
  SetQwen2Axes(config);
  config.position = Rope();  // Qwen2Config's defaults
  config.max_positions = 32768;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, kKeys, config));
  BENCH_RETURN_IF_ERROR(ReadRope(json, config));
  BENCH_RETURN_IF_ERROR(ReadWindow(json, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  WriteSizes(config, kKeys, json);
  WriteRope(config, json);
  json["hidden_act"] = "silu";
  json["use_sliding_window"] = config.window > 0;
  if (config.window == 0) return;
  json["sliding_window"] = config.window;
  json["max_window_layers"] = 0;
}

constexpr std::string_view kTokenizer = "byte-level BPE";

void Tied(DecoderConfig& c) { c.tie_embeddings = true; }

}  // namespace

std::vector<FamilyEntry> Qwen2Family() {
  return {
      {.name = "qwen2",
       .model_type = "qwen2",
       .hf_class = "Qwen2ForCausalLM",
       .hf_reward_class = "Qwen2ForSequenceClassification",
       .set_axes = SetQwen2Axes,
       .from_json = FromJson,
       .to_json = ToJson,
       .published = {
           {"qwen1.5-0.5b", "2024-02", kTokenizer, {1024, 24, 16, 16, 2816, 151936, 32768}, Tied},
           {"qwen1.5-7b", "2024-02", kTokenizer, {4096, 32, 32, 32, 11008, 151936, 32768}},
           {"qwen2-0.5b", "2024-06", kTokenizer, {896, 24, 14, 2, 4864, 151936, 131072}, Tied},
           {"qwen2-7b", "2024-06", kTokenizer, {3584, 28, 28, 4, 18944, 152064, 131072}}}}};
}

}  // namespace bench::models
