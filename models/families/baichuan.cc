// Baichuan and Baichuan2: LLaMA's shape with q, k and v in one matrix. The 7B have rotary
// positions, the 13B ALiBi; the second generation divides the rows of its head by their norm.
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr SizeKeys kRotaryKeys = {.kv_heads = nullptr};
constexpr SizeKeys kAlibiKeys = {.kv_heads = nullptr, .positions = "model_max_length"};
constexpr TensorNames kNames = {
    .q = "self_attn.W_pack", .k = "self_attn.W_pack", .v = "self_attn.W_pack"};
// Only files of the second generation have it, or a vocabulary beyond this.
constexpr char kZLoss[] = "z_loss_weight";
constexpr int64_t kLargestFirstVocabulary = 100'000;

bool IsRotary(const Json& json) { return json.contains("max_position_embeddings"); }
bool IsSecond(const Json& json) {
  const auto size = json.find("vocab_size");
  const bool is_large = size != json.end() && size->is_number_integer() &&
                        size->get<int64_t>() > kLargestFirstVocabulary;
  return is_large || json.contains(kZLoss);
}

enum class Generation { kFirst, kSecond };

void SetAxes(DecoderConfig& c, Generation generation, const PositionConfig& position) {
  c.norm.eps = 1e-6;
  c.position = position;
  c.tie_embeddings = false;
  c.normalised_head = generation == Generation::kSecond;
}

absl::StatusOr<DecoderConfig> FromJson(const Json& json) {
  BENCH_RETURN_IF_ERROR(RequireValue(json, "hidden_act", "silu"));
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    BENCH_RETURN_IF_ERROR(RequireValue(json, name, nullptr));
  }
  DecoderConfig config;
  SetAxes(config, IsSecond(json) ? Generation::kSecond : Generation::kFirst,
          IsRotary(json) ? PositionConfig(Rope()) : PositionConfig(Alibi()));
  config.max_positions = 4096;
  BENCH_RETURN_IF_ERROR(ReadSizes(json, IsRotary(json) ? kRotaryKeys : kAlibiKeys, config));
  return config;
}

void ToJson(const DecoderConfig& config, Json& json) {
  const bool is_rotary = std::holds_alternative<Rope>(config.position);
  WriteSizes(config, is_rotary ? kRotaryKeys : kAlibiKeys, json);
  json["hidden_act"] = "silu";
  if (config.normalised_head) json[kZLoss] = 0;
}

constexpr std::string_view kTokenizer = "SentencePiece BPE";

struct Variant {
  std::string_view name;
  bool (*is_of)(const Json& json);
  void (*set_axes)(DecoderConfig& config);
};

FamilyEntry Entry(const Variant& variant, const PublishedModel& published) {
  return {.name = variant.name,
          .model_type = "baichuan",
          .hf_class = "BaichuanForCausalLM",
          .hf_reward_class = "BaichuanForSequenceClassification",
          .names = kNames,
          .set_axes = variant.set_axes,
          .is_of = variant.is_of,
          .from_json = FromJson,
          .to_json = ToJson,
          .published = {published}};
}

constexpr Variant kFirst7b = {"baichuan-7b",
                              [](const Json& json) { return IsRotary(json) && !IsSecond(json); },
                              [](DecoderConfig& c) { SetAxes(c, Generation::kFirst, Rope()); }};
constexpr Variant kFirst13b = {"baichuan-13b",
                               [](const Json& json) { return !IsRotary(json) && !IsSecond(json); },
                               [](DecoderConfig& c) { SetAxes(c, Generation::kFirst, Alibi()); }};
constexpr Variant kSecond7b = {"baichuan2-7b",
                               [](const Json& json) { return IsRotary(json) && IsSecond(json); },
                               [](DecoderConfig& c) { SetAxes(c, Generation::kSecond, Rope()); }};
constexpr Variant kSecond13b = {"baichuan2-13b",
                                [](const Json& json) { return !IsRotary(json) && IsSecond(json); },
                                [](DecoderConfig& c) { SetAxes(c, Generation::kSecond, Alibi()); }};

}  // namespace

std::vector<FamilyEntry> BaichuanFamily() {
  const auto entry = [](const Variant& variant, std::string_view month, const ModelSizes& sizes) {
    return Entry(variant, {variant.name, month, kTokenizer, sizes});
  };
  return {entry(kFirst7b, "2023-06", {4096, 32, 32, 32, 11008, 64000, 4096}),
          entry(kFirst13b, "2023-07", {5120, 40, 40, 40, 13696, 64000, 4096}),
          entry(kSecond7b, "2023-09", {4096, 32, 32, 32, 11008, 125696, 4096}),
          entry(kSecond13b, "2023-09", {5120, 40, 40, 40, 13696, 125696, 4096})};
}

}  // namespace bench::models
