// What a Hugging Face folder holds and whether its weights are those that its config.json asks for,
// without loading them: files are mapped, and only names, types and shapes are looked at.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/config.h"
#include "models/weight_files.h"

namespace bench::models {

struct HfInspection {
  DecoderConfig config;
  WeightFiles files;
  std::map<std::string, int64_t> num_elements;  // by type: "Float", "BFloat16"
  bool is_reward_model = false;                 // with score.weight
  // What loading would refuse: "missing tensor model.norm.weight".
  std::vector<std::string> problems;
};

// An error where config.json or the weight files cannot be read, as loading them gives it.
absl::StatusOr<HfInspection> InspectHfFolder(const std::string& folder);

}  // namespace bench::models
