#include "models/hf_folder.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "models/families/family.h"
#include "models/safetensors.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

constexpr char kConfigFile[] = "config.json";
constexpr char kWeightsFile[] = "model.safetensors";
constexpr char kIndexFile[] = "model.safetensors.index.json";
constexpr int64_t kMaxJsonBytes = int64_t{64} << 20;

absl::StatusOr<Json> ReadJsonObject(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxJsonBytes));
  absl::StatusOr<Json> json = ParseJsonObject(text);
  if (!json.ok()) return Annotate(json.status(), path);
  return json;
}

absl::StatusOr<DecoderConfig> ParseConfig(const Json& json) {
  const auto type = json.find("model_type");
  if (type == json.end() || !type->is_string()) return DataError("model_type is missing");
  BENCH_ASSIGN_OR_RETURN(const FamilyAdapter* adapter, FindAdapter(type->get<std::string>()));
  BENCH_ASSIGN_OR_RETURN(DecoderConfig config, adapter->from_json(json));
  const absl::Status valid = Validate(config);
  if (!valid.ok()) return DataError(std::string(valid.message()));
  return config;
}

// Shard names come from a file, so they must stay inside its folder.
absl::Status CheckShardName(const std::string& name) {
  if (!name.empty() && name.find('/') == std::string::npos && name != "..") return absl::OkStatus();
  return DataError("shard \"" + name + "\" is not a file name");
}

absl::StatusOr<std::set<std::string>> ShardNames(const std::string& folder) {
  if (!Exists(folder + "/" + kIndexFile)) return std::set<std::string>{kWeightsFile};
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(folder + "/" + kIndexFile));
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object()) {
    return DataError(folder + "/" + kIndexFile + ": weight_map is missing");
  }
  std::set<std::string> names;
  for (const auto& [tensor, shard] : map->items()) {
    if (!shard.is_string()) {
      return DataError(folder + "/" + kIndexFile + ": the shard of " + tensor + " is not a string");
    }
    BENCH_RETURN_IF_ERROR(
        Annotate(CheckShardName(shard.get<std::string>()), folder + "/" + kIndexFile));
    if (!Exists(folder + "/" + shard.get<std::string>())) {
      return DataError(folder + "/" + kIndexFile + ": the shard " + shard.get<std::string>() +
                       " of " + tensor + " is missing");
    }
    names.insert(shard.get<std::string>());
  }
  return names;
}

bool IsRecomputed(std::string_view name) {
  constexpr std::string_view kSuffix = "rotary_emb.inv_freq";  // a buffer that old files carry
  return name.size() >= kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
}

absl::StatusOr<std::vector<NamedTensor>> ReadWeights(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::set<std::string> shards, ShardNames(folder));
  std::vector<NamedTensor> tensors;
  for (const std::string& shard : shards) {
    BENCH_ASSIGN_OR_RETURN(SafetensorsFile file, ReadSafetensors(folder + "/" + shard));
    for (NamedTensor& t : file.tensors) {
      if (!IsRecomputed(t.name)) tensors.push_back(std::move(t));
    }
  }
  return tensors;
}

std::string_view DtypeName(at::ScalarType type) {
  if (type == at::kBFloat16) return "bfloat16";
  if (type == at::kHalf) return "float16";
  return type == at::kDouble ? "float64" : "float32";
}

std::string ConfigText(const Decoder& decoder, const SpecialTokens& special_tokens) {
  const FamilyAdapter& adapter = AdapterOf(decoder.config().family);
  const std::string dtype(DtypeName(decoder.parameters().front().tensor.scalar_type()));
  Json json = {{"model_type", adapter.model_type},
               {"architectures", {adapter.hf_class}},
               {"dtype", dtype},
               {"torch_dtype", dtype},
               {"use_cache", true}};
  const auto set_token = [&](const char* name, const std::optional<int64_t>& token) {
    json[name] = token.has_value() ? Json(*token) : Json(nullptr);
  };
  set_token("bos_token_id", special_tokens.bos);
  set_token("eos_token_id", special_tokens.eos);
  set_token("pad_token_id", special_tokens.pad);
  adapter.to_json(decoder.config(), json);
  return json.dump(2) + "\n";
}

using Shard = std::vector<NamedTensor>;

// In order; a tensor larger than the limit has a shard of its own.
std::vector<Shard> ShardsOf(const std::vector<NamedTensor>& tensors, int64_t max_shard_bytes) {
  std::vector<Shard> shards(1);
  int64_t bytes = 0;
  for (const NamedTensor& t : tensors) {
    const auto tensor_bytes = static_cast<int64_t>(t.tensor.nbytes());
    if (bytes > 0 && bytes + tensor_bytes > max_shard_bytes) {
      shards.emplace_back();
      bytes = 0;
    }
    shards.back().push_back(t);
    bytes += tensor_bytes;
  }
  return shards;
}

// The index is what makes shards a model, so it comes last.
absl::Status SaveShards(const std::vector<Shard>& shards, const std::string& folder) {
  const SafetensorsMetadata metadata = {{"format", "pt"}};
  if (shards.size() == 1) {
    return WriteSafetensors(absl::StrCat(folder, "/", kWeightsFile), shards[0], metadata);
  }
  int64_t total_size = 0;
  Json weight_map = Json::object();
  for (size_t i = 0; i < shards.size(); ++i) {
    const std::string name =
        absl::StrFormat("model-%05d-of-%05d.safetensors", i + 1, shards.size());
    BENCH_RETURN_IF_ERROR(WriteSafetensors(absl::StrCat(folder, "/", name), shards[i], metadata));
    for (const NamedTensor& t : shards[i]) {
      weight_map[t.name] = name;
      total_size += static_cast<int64_t>(t.tensor.nbytes());
    }
  }
  const Json index = {{"metadata", {{"total_size", total_size}}}, {"weight_map", weight_map}};
  return PublishFile(absl::StrCat(folder, "/", kIndexFile), index.dump(2) + "\n");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WeightFiles(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::set<std::string> shards, ShardNames(folder));
  std::vector<std::string> files(shards.begin(), shards.end());
  if (Exists(folder + "/" + kIndexFile)) files.emplace_back(kIndexFile);
  return files;
}

absl::Status SaveHfFolder(const Decoder& decoder, const SpecialTokens& special_tokens,
                          const std::string& folder, int64_t max_shard_bytes) {
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  BENCH_RETURN_IF_ERROR(SaveShards(ShardsOf(decoder.parameters(), max_shard_bytes), folder));
  return PublishFile(folder + "/" + kConfigFile, ConfigText(decoder, special_tokens));
}

absl::StatusOr<DecoderConfig> ReadHfConfig(const std::string& folder) {
  const std::string path = folder + "/" + kConfigFile;
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(path));
  absl::StatusOr<DecoderConfig> config = ParseConfig(json);
  if (!config.ok()) return Annotate(config.status(), path);
  return config;
}

absl::StatusOr<std::unique_ptr<Decoder>> LoadHfFolder(const std::string& folder, at::Device device,
                                                      at::ScalarType dtype) {
  BENCH_ASSIGN_OR_RETURN(const DecoderConfig config, ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(const std::vector<NamedTensor> tensors, ReadWeights(folder));
  auto decoder = Decoder::FromTensors(config, tensors, device, dtype);
  if (!decoder.ok()) return Annotate(decoder.status(), folder);
  return decoder;
}

}  // namespace bench::models
