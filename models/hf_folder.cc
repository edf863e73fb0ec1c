#include "models/hf_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "models/families/family.h"
#include "models/model_prefix.h"
#include "models/safetensors.h"
#include "models/stored_tensors.h"
#include "models/weight_files.h"

namespace bench::models {
namespace {

using Json = nlohmann::json;

absl::StatusOr<std::vector<NamedTensor>> ReadWeights(const DecoderConfig& config,
                                                     const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const WeightFiles files, FindWeightFiles(folder));
  std::vector<NamedTensor> tensors;
  for (const std::string& name : files.tensors) {
    BENCH_ASSIGN_OR_RETURN(SafetensorsFile file, ReadSafetensors(folder + "/" + name));
    for (NamedTensor& t : file.tensors) {
      if (!IsRecomputed(t.name)) tensors.push_back(std::move(t));
    }
  }
  AddModelPrefix(EntryOf(config.family).names, tensors);
  return tensors;
}

std::string_view DtypeName(at::ScalarType type) {
  if (type == at::kBFloat16) return "bfloat16";
  if (type == at::kHalf) return "float16";
  return type == at::kDouble ? "float64" : "float32";
}

Json ConfigJson(const DecoderConfig& config, at::ScalarType type,
                const SpecialTokens& special_tokens) {
  const FamilyEntry& adapter = EntryOf(config.family);
  const std::string dtype(DtypeName(type));
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
  adapter.to_json(config, json);
  if (config.vector_size > 0) json[kVectorSize] = config.vector_size;
  return json;
}

at::ScalarType TypeOf(const Decoder& decoder) {
  return decoder.parameters().front().tensor.scalar_type();
}

// With the head that decoders of the family have, by which some of its variants are told apart, and
// without which their files are refused; a classifier has none, whatever its config.json says.
DecoderConfig WithHeadOfFamily(DecoderConfig config) {
  DecoderConfig usual = config;
  SetAxes(usual);
  config.tie_embeddings = usual.tie_embeddings;
  config.normalised_head = usual.normalised_head;
  config.biases.head = usual.biases.head;
  return config;
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

absl::Status SaveFolder(const std::string& folder, const Json& config,
                        const std::vector<NamedTensor>& tensors, int64_t max_shard_bytes) {
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  BENCH_RETURN_IF_ERROR(SaveShards(ShardsOf(tensors, max_shard_bytes), folder));
  return PublishFile(folder + "/" + kConfigFile, config.dump(2) + "\n");
}

// 0 where the file is absent: transformers saves none.
absl::StatusOr<double> ReadRewardBias(const std::string& folder) {
  const std::string path = folder + "/" + kRewardFile;
  if (!Exists(path)) return 0;
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(path));
  absl::StatusOr<double> bias = JsonMember<double>(json, "bias");
  if (!bias.ok()) return Annotate(bias.status(), path);
  return bias;
}

// Takes the tensor out of `tensors`.
absl::StatusOr<at::Tensor> TakeScoreWeight(std::vector<NamedTensor>& tensors) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [](const NamedTensor& t) { return t.name == kScoreWeight; });
  if (found == tensors.end()) {
    return DataError(absl::StrCat("missing tensor ", kScoreWeight, ": not a reward model"));
  }
  at::Tensor weight_1D = found->tensor;
  tensors.erase(found);
  return weight_1D;
}

absl::StatusOr<std::unique_ptr<Decoder>> FromFile(const DecoderConfig& config,
                                                  std::vector<NamedTensor> tensors,
                                                  at::Device device, at::ScalarType dtype) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<NamedTensor> parameters,
                         FromStorage(config, std::move(tensors)));
  return Decoder::FromTensors(config, parameters, device, dtype);
}

absl::StatusOr<RewardModel> MakeRewardModel(DecoderConfig config, std::vector<NamedTensor> tensors,
                                            double bias, const at::TensorOptions& options) {
  config = WithoutHead(config);  // a classifier has none, whatever its config.json says
  BENCH_ASSIGN_OR_RETURN(const at::Tensor weight_1D, TakeScoreWeight(tensors));
  BENCH_ASSIGN_OR_RETURN(ScalarHead head,
                         ScalarHead::FromWeights(weight_1D, bias, config.hidden_size, options));
  BENCH_ASSIGN_OR_RETURN(auto decoder, FromFile(config, std::move(tensors), options.device(),
                                                at::typeMetaToScalarType(options.dtype())));
  return RewardModel(std::move(decoder), std::move(head));
}

}  // namespace

absl::Status SaveHfFolder(const Decoder& decoder, const SpecialTokens& special_tokens,
                          const std::string& folder, int64_t max_shard_bytes) {
  return SaveFolder(folder, ConfigJson(decoder.config(), TypeOf(decoder), special_tokens),
                    ToStorage(decoder.config(), decoder.parameters()), max_shard_bytes);
}

absl::Status SaveHfRewardFolder(const RewardModel& model, const SpecialTokens& special_tokens,
                                const std::string& folder) {
  const DecoderConfig& decoder = model.decoder().config();
  Json config = ConfigJson(WithHeadOfFamily(decoder), TypeOf(model.decoder()), special_tokens);
  config["architectures"] = {EntryOf(decoder.family).hf_reward_class};
  config["id2label"] = {{"0", "reward"}};  // how config.json says that there is one label
  config["label2id"] = {{"reward", 0}};
  std::vector<NamedTensor> tensors = ToStorage(decoder, model.decoder().parameters());
  tensors.push_back({kScoreWeight, model.head().weight_1D()});
  BENCH_RETURN_IF_ERROR(SaveFolder(folder, config, tensors, kMaxShardBytes));
  const Json reward = {{"bias", model.head().bias()}};
  return PublishFile(folder + "/" + kRewardFile, reward.dump() + "\n");
}

absl::StatusOr<DecoderConfig> ReadHfConfig(const std::string& folder) {
  const std::string path = folder + "/" + kConfigFile;
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(path));
  absl::StatusOr<DecoderConfig> config = ConfigFromJson(json);
  if (!config.ok()) return Annotate(config.status(), path);
  return config;
}

absl::StatusOr<std::unique_ptr<Decoder>> LoadHfFolder(const std::string& folder, at::Device device,
                                                      at::ScalarType dtype) {
  BENCH_ASSIGN_OR_RETURN(const DecoderConfig config, ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(std::vector<NamedTensor> tensors, ReadWeights(config, folder));
  auto decoder = FromFile(config, std::move(tensors), device, dtype);
  if (!decoder.ok()) return Annotate(decoder.status(), folder);
  return decoder;
}

absl::StatusOr<RewardModel> LoadHfRewardFolder(const std::string& folder, at::Device device,
                                               at::ScalarType dtype) {
  BENCH_ASSIGN_OR_RETURN(const DecoderConfig config, ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(std::vector<NamedTensor> tensors, ReadWeights(config, folder));
  BENCH_ASSIGN_OR_RETURN(const double bias, ReadRewardBias(folder));
  auto model = MakeRewardModel(config, std::move(tensors), bias,
                               at::TensorOptions().device(device).dtype(dtype));
  if (!model.ok()) return Annotate(model.status(), folder);
  return model;
}

}  // namespace bench::models
