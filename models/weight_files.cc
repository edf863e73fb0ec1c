#include "models/weight_files.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxJsonBytes = int64_t{64} << 20;
constexpr std::string_view kIndexEnding = ".safetensors.index.json";
// Of weights in the formats that trainers and transformers write.
constexpr std::array<std::string_view, 11> kEndings = {
    ".safetensors", kIndexEnding, ".bin",  ".bin.index.json", ".pt",  ".pth",
    ".ckpt",        ".h5",        ".gguf", ".msgpack",        ".onnx"};
// What a trainer keeps beside the weights under such endings.
constexpr std::array<std::string_view, 5> kNoWeights = {"training_args.", "optimizer.",
                                                        "scheduler.", "scaler.", "rng_state"};

bool LooksLikeWeights(std::string_view name) {
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); }) &&
         std::none_of(kNoWeights.begin(), kNoWeights.end(),
                      [name](std::string_view start) { return name.starts_with(start); });
}

// Names come from files, so they must stay inside the folder.
absl::Status CheckFileName(std::string_view what, const std::string& name) {
  constexpr std::string_view kNeither("/\0", 2);
  const bool is_folder = name == "." || name == "..";
  if (!name.empty() && name.find_first_of(kNeither) == std::string::npos && !is_folder) {
    return absl::OkStatus();
  }
  return DataError(
      absl::StrCat(internal::View(what), " ", QuotedForMessage(name), " is not a file name"));
}

absl::StatusOr<std::vector<std::string>> ReadIndex(const std::string& folder,
                                                   const std::string& index) {
  const std::string path = absl::StrCat(folder, "/", index);
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(path));
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object()) {
    return DataError(path + ": weight_map is missing");
  }
  std::set<std::string> names;
  for (const auto& [tensor, shard] : map->items()) {
    if (!shard.is_string()) {
      return DataError(
          absl::StrCat(path, ": the shard of ", QuotedForMessage(tensor), " is not a string"));
    }
    const auto name = shard.get<std::string>();
    BENCH_RETURN_IF_ERROR(Annotate(CheckFileName("shard", name), path));
    if (!Exists(absl::StrCat(folder, "/", name))) {
      return DataError(absl::StrCat(path, ": the shard ", QuotedForMessage(name), " of ",
                                    QuotedForMessage(tensor), " is missing"));
    }
    names.insert(name);
  }
  return std::vector<std::string>(names.begin(), names.end());
}

// What config.json names; empty where it names nothing, or is not there.
absl::StatusOr<std::string> NamedByConfig(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kConfigFile);
  if (!Exists(path)) return "";
  BENCH_ASSIGN_OR_RETURN(const Json config, ReadJsonObject(path));
  const auto named = config.find("transformers_weights");
  if (named == config.end() || named->is_null()) return "";
  if (!named->is_string()) return DataError(path + ": transformers_weights is not a string");
  const auto name = named->get<std::string>();
  BENCH_RETURN_IF_ERROR(Annotate(CheckFileName("transformers_weights", name), path));
  if (!name.ends_with(".safetensors") && !name.ends_with(kIndexEnding)) {
    return DataError(absl::StrCat(path, ": transformers_weights ", QuotedForMessage(name),
                                  " is neither a safetensors file nor an index of such"));
  }
  if (Exists(absl::StrCat(folder, "/", name))) return name;
  return DataError(absl::StrCat(path, ": transformers_weights ", name, " is missing"));
}

// Why a file is not read, for those of which it is not plain.
std::string WhyNot(std::string_view name) {
  constexpr std::array<std::string_view, 4> kPickles = {".bin", ".pt", ".pth", ".ckpt"};
  const bool is_pickle =
      std::any_of(kPickles.begin(), kPickles.end(),
                  [name](std::string_view ending) { return name.ends_with(ending); });
  return is_pickle ? " (a pickle, which can run code of whoever wrote it)" : "";
}

absl::Status NoWeights(const std::string& folder, const std::vector<std::string>& others) {
  const std::string missing =
      absl::StrCat(folder, ": no ", kWeightsFile, " and no ", kIndexFile, " in this folder");
  if (others.empty()) return DataError(missing);
  return DataError(absl::StrCat(
      missing, "; ", others.front(), " is of a format that is not read", WhyNot(others.front()),
      ": load the folder in transformers and save it again, "
      "which writes safetensors: AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained("
      "NEW_FOLDER)"));
}

// The file that decides; empty where there is none.
absl::StatusOr<std::string> Deciding(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::string named, NamedByConfig(folder));
  if (!named.empty()) return named;
  for (const char* name : {kWeightsFile, kIndexFile}) {
    if (Exists(absl::StrCat(folder, "/", name))) return name;
  }
  return "";
}

}  // namespace

std::vector<std::string> WeightFiles::used() const {
  std::vector<std::string> names = tensors;
  names.insert(names.end(), index.begin(), index.end());
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<WeightFiles> FindWeightFiles(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::string deciding, Deciding(folder));
  WeightFiles files;
  if (deciding.ends_with(kIndexEnding)) {
    files.index = {deciding};
    BENCH_ASSIGN_OR_RETURN(files.tensors, ReadIndex(folder, deciding));
  } else if (!deciding.empty()) {
    files.tensors = {deciding};
  }
  const std::vector<std::string> used = files.used();
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  for (const std::string& name : names) {
    if (!LooksLikeWeights(name) || std::binary_search(used.begin(), used.end(), name)) continue;
    files.unused.push_back(name);
  }
  if (deciding.empty()) return NoWeights(folder, files.unused);
  return files;
}

absl::StatusOr<Json> ReadJsonObject(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxJsonBytes));
  return ParseJsonObject(text, path);
}

}  // namespace bench::models
