// The one list of families.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"
#include "models/families/config_json.h"
#include "models/families/family.h"

namespace bench::models {

std::vector<FamilyEntry> LlamaFamily();
std::vector<FamilyEntry> MistralFamily();
std::vector<FamilyEntry> InternlmFamily();
std::vector<FamilyEntry> Internlm2Family();
std::vector<FamilyEntry> QwenFamily();
std::vector<FamilyEntry> Qwen2Family();
std::vector<FamilyEntry> BaichuanFamily();
std::vector<FamilyEntry> Chatglm2Family();
std::vector<FamilyEntry> ChatglmFamily();
std::vector<FamilyEntry> GptNeoxFamily();
std::vector<FamilyEntry> StablelmFamily();
std::vector<FamilyEntry> FalconFamily();
std::vector<FamilyEntry> BloomFamily();
std::vector<FamilyEntry> MossFamily();

namespace {

constexpr std::vector<FamilyEntry> (*kFamilies[])() = {
    LlamaFamily,    InternlmFamily, Internlm2Family, QwenFamily,    Qwen2Family,
    BaichuanFamily, Chatglm2Family, ChatglmFamily,   GptNeoxFamily, StablelmFamily,
    FalconFamily,   BloomFamily,    MossFamily,      MistralFamily,
};

}  // namespace

const std::vector<const FamilyEntry*>& FamilyCatalogue() {
  static const auto& catalogue = *new std::vector<const FamilyEntry*>([] {
    std::vector<const FamilyEntry*> entries;
    for (const auto& family : kFamilies) {
      for (const FamilyEntry& entry : *new std::vector<FamilyEntry>(family())) {
        entries.push_back(&entry);
      }
    }
    return entries;
  }());
  return catalogue;
}

const std::vector<std::string_view>& EnumNames(Family) {
  static const auto& names = *new std::vector<std::string_view>([] {
    std::vector<std::string_view> all;
    for (const FamilyEntry* entry : FamilyCatalogue()) all.push_back(entry->name);
    return all;
  }());
  return names;
}

const FamilyEntry& EntryOf(Family family) {
  return *FamilyCatalogue().at(static_cast<size_t>(family));
}

absl::StatusOr<DecoderConfig> ConfigFromJson(const nlohmann::json& json) {
  const auto type = JsonMember<std::string>(json, "model_type");
  if (!type.ok()) return DataError("model_type is missing");
  std::vector<std::string_view> known;
  for (size_t i = 0; i < FamilyCatalogue().size(); ++i) {
    const FamilyEntry& entry = *FamilyCatalogue()[i];
    if (!absl::c_linear_search(known, entry.model_type)) known.push_back(entry.model_type);
    if (entry.model_type != *type || (entry.is_of != nullptr && !entry.is_of(json))) continue;
    BENCH_ASSIGN_OR_RETURN(DecoderConfig config, entry.from_json(json));
    config.family = static_cast<Family>(i);
    BENCH_RETURN_IF_ERROR(ReadInteger(json, kVectorSize, config.vector_size));
    const absl::Status valid = Validate(config);
    if (!valid.ok()) return DataError(std::string(valid.message()));
    return config;
  }
  return DataError(absl::StrCat(
      "model_type \"", *type, "\" is not known; known: ",
      absl::StrJoin(known, ", ", [](std::string* out, auto name) { out->append(name); })));
}

void SetAxes(DecoderConfig& config) {
  const FamilyEntry& entry = EntryOf(config.family);
  if (entry.set_axes != nullptr) entry.set_axes(config);
}

namespace {

DecoderConfig ConfigOf(Family family, const ModelSizes& sizes) {
  DecoderConfig config;
  config.family = family;
  config.hidden_size = sizes.hidden;
  config.num_layers = sizes.layers;
  config.num_heads = sizes.heads;
  config.num_kv_heads = sizes.kv_heads;
  config.head_dim = sizes.heads > 0 ? sizes.hidden / sizes.heads : 0;
  config.intermediate_size = sizes.intermediate;
  config.vocab_size = sizes.vocabulary;
  config.max_positions = sizes.positions;
  SetAxes(config);
  return config;
}

}  // namespace

std::vector<NamedModel> PublishedModels() {
  std::vector<NamedModel> models;
  for (size_t i = 0; i < FamilyCatalogue().size(); ++i) {
    const FamilyEntry& entry = *FamilyCatalogue()[i];
    for (const PublishedModel& model : entry.published) {
      models.push_back({&entry, &model, ConfigOf(static_cast<Family>(i), model.sizes)});
      if (model.adjust != nullptr) model.adjust(models.back().config);
    }
  }
  return models;
}

absl::StatusOr<NamedModel> FindPublishedModel(std::string_view name) {
  std::vector<NamedModel> models = PublishedModels();
  const auto found =
      absl::c_find_if(models, [&](const NamedModel& m) { return m.model->name == name; });
  if (found != models.end()) return *found;
  return UsageError(absl::StrCat("no published model \"", std::string(name), "\"; known: ",
                                 absl::StrJoin(models, ", ", [](std::string* out, const auto& m) {
                                   out->append(m.model->name);
                                 })));
}

}  // namespace bench::models
