#include "models/families/config_json.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "base/status.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

// Null where the field is absent or null.
const Json* Find(const Json& json, const char* name) {
  if (name == nullptr) return nullptr;
  const auto it = json.find(name);
  return it == json.end() || it->is_null() ? nullptr : &*it;
}

constexpr char kOriginal[] = "original_max_position_embeddings";

// One reader a kind of scaling; `config` has max_positions as the file says.
using ScalingReader = absl::StatusOr<RopeScaling> (*)(const Json& json, DecoderConfig& config);

absl::StatusOr<RopeScaling> ReadNoScaling(const Json&, DecoderConfig&) { return NoScaling(); }

absl::StatusOr<RopeScaling> ReadLinear(const Json& json, DecoderConfig&) {
  LinearScaling scaling;
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "factor", scaling.factor));
  return scaling;
}

absl::StatusOr<RopeScaling> ReadDynamic(const Json& json, DecoderConfig& config) {
  DynamicNtkScaling scaling = {.original_positions = config.max_positions};
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "factor", scaling.factor));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, kOriginal, scaling.original_positions));
  if (scaling.factor >= 1 && scaling.factor <= 1 << 20) {
    config.max_positions = static_cast<int64_t>(
        std::floor(scaling.factor * static_cast<double>(scaling.original_positions)));
  }
  return scaling;
}

absl::StatusOr<RopeScaling> ReadYarn(const Json& json, DecoderConfig& config) {
  for (const char* name : {"mscale", "mscale_all_dim"}) {
    BENCH_RETURN_IF_ERROR(RequireValue(json, name, nullptr));
  }
  BENCH_RETURN_IF_ERROR(RequireValue(json, "truncate", true));
  YarnScaling scaling = {.original_positions = config.max_positions};
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "factor", scaling.factor));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, kOriginal, scaling.original_positions));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "beta_fast", scaling.beta_fast));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "beta_slow", scaling.beta_slow));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "attention_factor", scaling.attention_factor));
  return scaling;
}

absl::StatusOr<RopeScaling> ReadLlama3(const Json& json, DecoderConfig& config) {
  Llama3Scaling scaling = {.original_positions = config.max_positions};
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "factor", scaling.factor));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "low_freq_factor", scaling.low_freq_factor));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "high_freq_factor", scaling.high_freq_factor));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, kOriginal, scaling.original_positions));
  return scaling;
}

constexpr std::pair<const char*, ScalingReader> kScalings[] = {{"default", ReadNoScaling},
                                                               {"linear", ReadLinear},
                                                               {"dynamic", ReadDynamic},
                                                               {"yarn", ReadYarn},
                                                               {"llama3", ReadLlama3}};

absl::StatusOr<RopeScaling> ReadScaling(const Json& json, DecoderConfig& config) {
  const Json* type = Find(json, "rope_type");
  if (type == nullptr) type = Find(json, "type");
  if (type == nullptr) return NoScaling();
  std::string known;
  for (const auto& [name, read] : kScalings) {
    if (*type == name) return read(json, config);
    absl::StrAppend(&known, known.empty() ? "" : ", ", name);
  }
  return DataError(absl::StrCat("type = ", type->dump(), " is not implemented (only ", known, ")"));
}

// Fields of rope_scaling or rope_parameters.
struct ScalingJson {
  Json operator()(const NoScaling&) const { return {{"rope_type", "default"}}; }
  Json operator()(const LinearScaling& s) const {
    return {{"rope_type", "linear"}, {"type", "linear"}, {"factor", s.factor}};
  }
  Json operator()(const DynamicNtkScaling& s) const {
    return {{"rope_type", "dynamic"}, {"type", "dynamic"}, {"factor", s.factor}};
  }
  Json operator()(const SteppedNtkScaling&) const { return {{"rope_type", "default"}}; }
  Json operator()(const YarnScaling& s) const {
    Json json = {{"rope_type", "yarn"},      {"type", "yarn"},
                 {"factor", s.factor},       {kOriginal, s.original_positions},
                 {"beta_fast", s.beta_fast}, {"beta_slow", s.beta_slow}};
    if (s.attention_factor > 0) json["attention_factor"] = s.attention_factor;
    return json;
  }
  Json operator()(const Llama3Scaling& s) const {
    return {{"rope_type", "llama3"},
            {"type", "llama3"},
            {"factor", s.factor},
            {"low_freq_factor", s.low_freq_factor},
            {"high_freq_factor", s.high_freq_factor},
            {kOriginal, s.original_positions}};
  }
  // Which Hugging Face has no form for, nor for the queries' logarithm: what writes files of a
  // model compares what they are read as (CheckFilesHold).
  Json operator()(const MixedRadixScaling&) const { return {{"rope_type", "default"}}; }
};

// What config.json says of positions: without a dynamic scaling's extension.
int64_t StatedPositions(const DecoderConfig& config) {
  const auto* rope = std::get_if<Rope>(&config.position);
  const auto* dynamic = rope == nullptr ? nullptr : std::get_if<DynamicNtkScaling>(&rope->scaling);
  return dynamic == nullptr ? config.max_positions : dynamic->original_positions;
}

absl::Status ReadRotaryShare(const Json& json, const DecoderConfig& config, Rope& rope) {
  constexpr char kName[] = "partial_rotary_factor";
  if (Find(json, kName) == nullptr) return absl::OkStatus();
  double share = 0;
  BENCH_RETURN_IF_ERROR(ReadNumber(json, kName, share));
  if (!(share > 0 && share <= 1)) return DataError(absl::StrCat(kName, " is not in (0, 1]"));
  rope.width = static_cast<int64_t>(static_cast<double>(config.head_dim) * share);
  if (rope.width == 0) {  // which would mean the whole head
    return DataError(absl::StrCat(kName, " = ", NumberText(share), " rotates no column of a head"));
  }
  if (rope.width == config.head_dim) rope.width = 0;
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadInteger(const Json& json, const char* name, int64_t& target) {
  const Json* value = Find(json, name);
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_number_integer()) return DataError(absl::StrCat(name, " is not an integer"));
  constexpr int64_t kLargest = int64_t{1} << 40;  // so that no product of a few overflows
  const auto number = value->get<int64_t>();
  if (number < -kLargest || number > kLargest) {
    return DataError(absl::StrCat(name, " = ", number, " is out of range"));
  }
  target = number;
  return absl::OkStatus();
}

absl::Status ReadNumber(const Json& json, const char* name, double& target) {
  const Json* value = Find(json, name);
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_number()) return DataError(absl::StrCat(name, " is not a number"));
  target = value->get<double>();
  return absl::OkStatus();
}

absl::Status ReadBool(const Json& json, const char* name, bool& target) {
  const Json* value = Find(json, name);
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_boolean()) return DataError(absl::StrCat(name, " is not a boolean"));
  target = value->get<bool>();
  return absl::OkStatus();
}

absl::Status RequireValue(const Json& json, const char* name, const Json& implemented) {
  const Json* value = Find(json, name);
  if (value == nullptr || *value == implemented) return absl::OkStatus();
  return DataError(absl::StrCat(name, " = ", value->dump(), " is not implemented (only ",
                                implemented.dump(), ")"));
}

Json Renamed(const Json& json, std::initializer_list<std::pair<const char*, const char*>> names) {
  Json copy = json;
  for (const auto& [old_name, new_name] : names) {
    if (const Json* value = Find(json, old_name); value != nullptr && !copy.contains(new_name)) {
      copy[new_name] = *value;
    }
  }
  return copy;
}

absl::Status ReadSizes(const Json& json, const SizeKeys& keys, DecoderConfig& c) {
  const std::array<std::pair<const char*, int64_t*>, 5> required = {
      {{keys.vocabulary, &c.vocab_size},
       {keys.hidden, &c.hidden_size},
       {keys.layers, &c.num_layers},
       {keys.heads, &c.num_heads},
       {keys.intermediate, &c.intermediate_size}}};
  for (const auto& [name, target] : required) {
    if (name == nullptr) continue;
    if (!json.contains(name)) return DataError(absl::StrCat(name, " is missing"));
    BENCH_RETURN_IF_ERROR(ReadInteger(json, name, *target));
  }
  c.num_kv_heads = c.num_heads;
  c.head_dim = c.num_heads > 0 ? c.hidden_size / c.num_heads : 0;
  BENCH_RETURN_IF_ERROR(ReadInteger(json, keys.kv_heads, c.num_kv_heads));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, keys.head_dim, c.head_dim));
  BENCH_RETURN_IF_ERROR(ReadInteger(json, keys.positions, c.max_positions));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, keys.initializer, c.initializer_std));
  BENCH_RETURN_IF_ERROR(ReadNumber(json, keys.eps, c.norm.eps));
  return ReadBool(json, "tie_word_embeddings", c.tie_embeddings);
}

void WriteSizes(const DecoderConfig& c, const SizeKeys& keys, Json& json) {
  const std::pair<const char*, Json> fields[] = {{keys.vocabulary, c.vocab_size},
                                                 {keys.hidden, c.hidden_size},
                                                 {keys.layers, c.num_layers},
                                                 {keys.heads, c.num_heads},
                                                 {keys.kv_heads, c.num_kv_heads},
                                                 {keys.head_dim, c.head_dim},
                                                 {keys.intermediate, c.intermediate_size},
                                                 {keys.positions, StatedPositions(c)},
                                                 {keys.initializer, c.initializer_std},
                                                 {keys.eps, c.norm.eps}};
  for (const auto& [name, value] : fields) {
    if (name != nullptr) json[name] = value;
  }
  json["tie_word_embeddings"] = c.tie_embeddings;
}

absl::Status ReadRope(const Json& json, DecoderConfig& config) {
  Rope& rope = std::get<Rope>(config.position);
  BENCH_RETURN_IF_ERROR(ReadNumber(json, "rope_theta", rope.theta));
  BENCH_RETURN_IF_ERROR(ReadRotaryShare(json, config, rope));
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const Json* fields = Find(json, name);
    if (fields == nullptr) continue;
    if (!fields->is_object()) return DataError(absl::StrCat(name, " is not an object"));
    BENCH_RETURN_IF_ERROR(ReadNumber(*fields, "rope_theta", rope.theta));
    BENCH_RETURN_IF_ERROR(Annotate(ReadRotaryShare(*fields, config, rope), name));
    auto scaling = ReadScaling(*fields, config);
    if (!scaling.ok()) return Annotate(scaling.status(), name);
    rope.scaling = *scaling;
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

void WriteRope(const DecoderConfig& config, Json& json) {
  const Rope& rope = std::get<Rope>(config.position);
  json["rope_theta"] = rope.theta;
  const Json scaling = std::visit(ScalingJson(), rope.scaling);
  json["rope_parameters"] = scaling;
  json["rope_parameters"]["rope_theta"] = rope.theta;
  if (scaling["rope_type"] != "default") json["rope_scaling"] = scaling;
  if (rope.width == 0) return;
  const double share = static_cast<double>(rope.width) / static_cast<double>(config.head_dim);
  json["partial_rotary_factor"] = share;
  json["rope_parameters"]["partial_rotary_factor"] = share;
}

}  // namespace bench::models
