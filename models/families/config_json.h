// Reading and writing what the config.json files of many families have in common.
//
// A field that is absent or null keeps its target. Errors: DataError naming the field and its
// value.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <utility>

#include "absl/status/status.h"
#include "models/config.h"

namespace bench::models {

absl::Status ReadInteger(const nlohmann::json& json, const char* name, int64_t& target);
absl::Status ReadNumber(const nlohmann::json& json, const char* name, double& target);
absl::Status ReadBool(const nlohmann::json& json, const char* name, bool& target);

// DataError where the field has a value other than the implemented one.
absl::Status RequireValue(const nlohmann::json& json, const char* name,
                          const nlohmann::json& implemented);

// A copy with the fields that older files call otherwise under the names of now: {old, new} pairs.
nlohmann::json Renamed(const nlohmann::json& json,
                       std::initializer_list<std::pair<const char*, const char*>> names);

// Keys of the sizes; null: the family's files have none.
struct SizeKeys {
  const char* hidden = "hidden_size";
  const char* layers = "num_hidden_layers";
  const char* heads = "num_attention_heads";
  const char* vocabulary = "vocab_size";
  const char* intermediate = "intermediate_size";
  const char* kv_heads = "num_key_value_heads";
  const char* head_dim = nullptr;
  const char* positions = "max_position_embeddings";
  const char* initializer = "initializer_range";
  const char* eps = "rms_norm_eps";
};
// What is not required keeps what `config` has: the family's defaults. kv_heads without a key: as
// many as heads; head_dim: hidden / heads.
absl::Status ReadSizes(const nlohmann::json& json, const SizeKeys& keys, DecoderConfig& config);
void WriteSizes(const DecoderConfig& config, const SizeKeys& keys, nlohmann::json& json);

// rope_theta and rope_scaling, as transformers 4 writes them, or rope_parameters (5), into
// config.position, a Rope; the share of a head that is rotated from "partial_rotary_factor", also
// at the top level. A dynamic scaling extends max_positions to factor times what the file says.
absl::Status ReadRope(const nlohmann::json& json, DecoderConfig& config);
void WriteRope(const DecoderConfig& config, nlohmann::json& json);

}  // namespace bench::models
