#include "models/hf_inspection.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "models/hf_folder.h"
#include "models/model_prefix.h"
#include "models/safetensors.h"
#include "models/scalar_head.h"

namespace bench::models {
namespace {

std::string ShapeText(at::IntArrayRef shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::StatusOr<std::vector<NamedTensor>> MapWeights(const std::string& folder,
                                                    const WeightFiles& files) {
  std::vector<NamedTensor> tensors;
  for (const std::string& name : files.tensors) {
    BENCH_ASSIGN_OR_RETURN(SafetensorsFile file, MapSafetensors(folder + "/" + name));
    for (NamedTensor& t : file.tensors) tensors.push_back(std::move(t));
  }
  AddModelPrefix(tensors);
  return tensors;
}

// Those that are left over may be a buffer of old files, and the embedding once more.
bool MayBeLeft(const std::string& name, const HfInspection& found) {
  if (std::string_view(name).ends_with("rotary_emb.inv_freq")) return true;
  if (name == "lm_head.weight") return found.config.tie_embeddings;
  return name == kScoreWeight;
}

void Compare(std::map<std::string, at::Tensor> tensors, HfInspection& found) {
  for (const ParameterSpec& spec : Parameters(found.config)) {
    const auto tensor = tensors.extract(spec.name);
    const bool needs_no_head = found.is_reward_model && spec.name == "lm_head.weight";
    if (tensor.empty()) {
      if (!needs_no_head) found.problems.push_back("missing tensor " + spec.name);
      continue;
    }
    const at::Tensor& values = tensor.mapped();
    if (values.sizes() != at::IntArrayRef(spec.shape)) {
      found.problems.push_back(absl::StrCat("tensor ", spec.name, " has shape ",
                                            ShapeText(values.sizes()), ", expected ",
                                            ShapeText(spec.shape)));
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
  BENCH_ASSIGN_OR_RETURN(found.config, ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(found.files, FindWeightFiles(folder));
  BENCH_ASSIGN_OR_RETURN(const std::vector<NamedTensor> tensors, MapWeights(folder, found.files));
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& t : tensors) {
    found.num_elements[at::toString(t.tensor.scalar_type())] += t.tensor.numel();
    found.is_reward_model |= t.name == kScoreWeight;
    if (!by_name.emplace(t.name, t.tensor).second) {
      found.problems.push_back("duplicate tensor " + t.name);
    }
  }
  Compare(std::move(by_name), found);
  return found;
}

}  // namespace bench::models
