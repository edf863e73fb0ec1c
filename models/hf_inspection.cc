#include "models/hf_inspection.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file_kind.h"
#include "base/status.h"
#include "models/decoder.h"
#include "models/families/family.h"
#include "models/hf_folder.h"
#include "models/model_prefix.h"
#include "models/safetensors.h"
#include "models/scalar_head.h"
#include "models/stored_tensors.h"

namespace bench::models {
namespace {

std::string ShapeText(at::IntArrayRef shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::StatusOr<std::vector<NamedTensor>> MapWeights(const std::string& folder,
                                                    const HfInspection& found) {
  std::vector<NamedTensor> tensors;
  for (const std::string& name : found.files.tensors) {
    const std::string path = absl::StrCat(folder, "/", name);
    BENCH_RETURN_IF_ERROR(CheckFileOrFolder(path));
    BENCH_ASSIGN_OR_RETURN(SafetensorsFile file, MapSafetensors(path));
    for (NamedTensor& t : file.tensors) tensors.push_back(std::move(t));
  }
  AddModelPrefix(EntryOf(found.config.family).names, tensors);
  return tensors;
}

std::string HeadName(const HfInspection& found) {
  return absl::StrCat(std::string(EntryOf(found.config.family).names.head), ".weight");
}

// Names and shapes of the family's files, without storage.
absl::StatusOr<std::vector<NamedTensor>> Expected(const DecoderConfig& config) {
  BENCH_ASSIGN_OR_RETURN(const auto decoder, Decoder::WithoutWeights(config, at::kFloat));
  const at::NoGradGuard no_grad;
  return ToStorage(config, decoder->parameters());
}

// Those that are left over may be a buffer of old files, and the embedding once more.
bool MayBeLeft(const std::string& name, const HfInspection& found) {
  if (name == HeadName(found)) return found.config.tie_embeddings;
  return IsRecomputed(name) || name == kScoreWeight;
}

void Compare(const std::vector<NamedTensor>& expected, std::map<std::string, at::Tensor> tensors,
             HfInspection& found) {
  for (const NamedTensor& spec : expected) {
    const auto tensor = tensors.extract(spec.name);
    const bool needs_no_head = found.is_reward_model && spec.name == HeadName(found);
    if (tensor.empty()) {
      if (!needs_no_head) found.problems.push_back("missing tensor " + spec.name);
      continue;
    }
    const at::Tensor& values = tensor.mapped();
    if (values.sizes() != spec.tensor.sizes()) {
      found.problems.push_back(absl::StrCat("tensor ", spec.name, " has shape ",
                                            ShapeText(values.sizes()), ", expected ",
                                            ShapeText(spec.tensor.sizes())));
    }
    if (!values.is_floating_point()) {
      found.problems.push_back(absl::StrCat("tensor ", spec.name, " is not of a floating type"));
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (!MayBeLeft(name, found)) found.problems.push_back("unexpected tensor " + name);
  }
}

}  // namespace

absl::StatusOr<HfInspection> InspectHfFolder(const std::string& folder) {
  HfInspection found;
  for (const char* name : {kConfigFile, kIndexFile}) {
    BENCH_RETURN_IF_ERROR(CheckFileOrFolder(absl::StrCat(folder, "/", name)));
  }
  BENCH_ASSIGN_OR_RETURN(found.config, ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(found.files, FindWeightFiles(folder));
  BENCH_ASSIGN_OR_RETURN(const std::vector<NamedTensor> tensors, MapWeights(folder, found));
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& t : tensors) {
    found.num_elements[at::toString(t.tensor.scalar_type())] += t.tensor.numel();
    found.is_reward_model |= t.name == kScoreWeight;
    if (!by_name.emplace(t.name, t.tensor).second) {
      found.problems.push_back("duplicate tensor " + t.name);
    }
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<NamedTensor> expected, Expected(found.config));
  Compare(expected, std::move(by_name), found);
  return found;
}

}  // namespace bench::models
