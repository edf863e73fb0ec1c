// What a model family fixes: its tensor names and its config.json.
//
// To add a family: families/<family>.cc with its `FamilyAdapter`, an enumerator of `Family`
// (models/family.h), and its line in catalogue.cc. Nothing else asks which family a model is.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/config.h"

namespace bench::models {

struct FamilyAdapter {
  Family family = Family::kLlama;
  std::string_view model_type;       // of config.json
  std::string_view hf_class;         // its entry in `architectures`
  std::string_view hf_reward_class;  // that of a reward model
  // Parameters in canonical order.
  std::vector<ParameterSpec> (*parameters)(const DecoderConfig& config) = nullptr;
  // config.json to a configuration and back; DataError on what the decoder does not implement.
  absl::StatusOr<DecoderConfig> (*from_json)(const nlohmann::json& json) = nullptr;
  void (*to_json)(const DecoderConfig& config, nlohmann::json& json) = nullptr;
};

const FamilyAdapter& AdapterOf(Family family);
// DataError that lists the known types.
absl::StatusOr<const FamilyAdapter*> FindAdapter(std::string_view model_type);

extern const FamilyAdapter kLlamaAdapter;
extern const FamilyAdapter kMistralAdapter;

}  // namespace bench::models
