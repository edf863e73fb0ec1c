// Which files of a Hugging Face folder its weights are read from.
//
// In the order of transformers (modeling_utils.py, _get_resolved_checkpoint_files of 5.23): the
// file that config.json names as `transformers_weights`; model.safetensors; the shards that
// model.safetensors.index.json lists. An index beside model.safetensors, which a save in fewer or
// more shards leaves behind, is therefore not read, however wrong it is. What else in the folder
// looks like weights is listed as unused, so that the user is told. Pickles (pytorch_model.bin) are
// never read: a folder with nothing else is refused with the way to convert it. Variants and
// subfolders are not looked for. Errors: DataError naming the file; EnvironmentError for I/O.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::models {

inline constexpr char kConfigFile[] = "config.json";
inline constexpr char kWeightsFile[] = "model.safetensors";
inline constexpr char kIndexFile[] = "model.safetensors.index.json";

// Names in the folder, sorted, all different.
struct WeightFiles {
  std::vector<std::string> tensors;  // safetensors files, of which every tensor is read
  std::vector<std::string> index;    // the index that lists them: none or one
  std::vector<std::string> unused;

  // `tensors` and `index`.
  std::vector<std::string> used() const;
};

absl::StatusOr<WeightFiles> FindWeightFiles(const std::string& folder);

// The JSON object in a file; an error names the place in it.
absl::StatusOr<nlohmann::json> ReadJsonObject(const std::string& path);

}  // namespace bench::models
