#include "harness/training/checkpoint.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "models/safetensors.h"

namespace bench::harness {
namespace {

using models::NamedTensor;
using nlohmann::json;

constexpr int kFormatVersion = 1;
constexpr int64_t kMaxStateBytes = int64_t{256} << 20;
constexpr char kTensorsFile[] = "/tensors.safetensors";
constexpr char kStateFile[] = "/state.json";
constexpr char kFolderPrefix[] = "step-";

std::string CheckpointsFolder(const std::string& run_folder) {
  return absl::StrCat(run_folder, "/", kCheckpointsFolder);
}

json Slices(const std::vector<NamedTensor>& tensors) {
  json slices = json::object();
  for (const NamedTensor& named : tensors) {
    const std::vector<int64_t> shape = named.tensor.sizes().vec();
    slices[named.name] = {{"full_shape", shape}, {"offset", std::vector<int64_t>(shape.size(), 0)}};
  }
  return slices;
}

// Complete checkpoints, oldest first.
absl::StatusOr<std::vector<std::string>> CompleteCheckpoints(const std::string& folder) {
  if (!Exists(folder)) return std::vector<std::string>();
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> names, ListFolder(folder));
  std::erase_if(names, [](const std::string& n) { return !absl::StartsWith(n, kFolderPrefix); });
  return names;
}

absl::Status RemoveAllButNewest(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> complete, CompleteCheckpoints(folder));
  if (std::ssize(complete) > kCheckpointsKept) {
    complete.erase(complete.begin(), complete.end() - kCheckpointsKept);
  }
  for (const std::string& name : names) {
    if (std::find(complete.begin(), complete.end(), name) != complete.end()) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(folder, "/", name)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Checkpoint> Load(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(folder + kStateFile, kMaxStateBytes));
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("state") || !document.contains("sha256") ||
      document["sha256"] != Sha256Hex(document["state"].dump())) {
    return DataError(absl::StrCat(folder, kStateFile, ": damaged (its digest does not match)"));
  }
  const json& state = document["state"];
  if (state["format_version"] != kFormatVersion) {
    return DataError(absl::StrCat(folder, ": made by another version of this program"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(folder + kTensorsFile));
  if (sha256 != state["tensors_sha256"].get<std::string>()) {
    return DataError(absl::StrCat(folder, kTensorsFile, ": damaged (its digest does not match)"));
  }
  BENCH_ASSIGN_OR_RETURN(models::SafetensorsFile file,
                         models::ReadSafetensors(folder + kTensorsFile));
  return Checkpoint{state["step"], state["tokens"], state["elapsed_s"], state["task"],
                    std::move(file.tensors)};
}

}  // namespace

absl::Status SaveCheckpoint(const std::string& run_folder, const Checkpoint& checkpoint) {
  const std::string parent = CheckpointsFolder(run_folder);
  const std::string name = absl::StrFormat("%s%09d", kFolderPrefix, checkpoint.step);
  const std::string unfinished = absl::StrCat(parent, "/.making-", name);
  const std::string folder = absl::StrCat(parent, "/", name);
  // An intact checkpoint of this step is of an earlier attempt, and bitwise the same.
  if (Exists(folder) && Load(folder).ok()) return RemoveAllButNewest(parent);
  BENCH_RETURN_IF_ERROR(RemoveTree(unfinished));
  BENCH_RETURN_IF_ERROR(MakeFolders(unfinished));
  BENCH_RETURN_IF_ERROR(
      models::WriteSafetensors(unfinished + kTensorsFile, checkpoint.tensors, /*metadata=*/{}));
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(unfinished + kTensorsFile));
  const json state = {{"format_version", kFormatVersion},    {"step", checkpoint.step},
                      {"tokens", checkpoint.tokens},         {"elapsed_s", checkpoint.elapsed_s},
                      {"task", checkpoint.task_state},       {"tensors_sha256", sha256},
                      {"slices", Slices(checkpoint.tensors)}};
  const json document = {{"state", state}, {"sha256", Sha256Hex(state.dump())}};
  BENCH_RETURN_IF_ERROR(PublishFile(unfinished + kStateFile, document.dump(1)));
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));  // only a damaged one can be there
  BENCH_RETURN_IF_ERROR(PublishFolder(unfinished, folder));
  return RemoveAllButNewest(parent);
}

absl::StatusOr<LoadedCheckpoint> LoadLatestCheckpoint(const std::string& run_folder) {
  const std::string parent = CheckpointsFolder(run_folder);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, CompleteCheckpoints(parent));
  LoadedCheckpoint loaded;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    absl::StatusOr<Checkpoint> checkpoint = Load(absl::StrCat(parent, "/", *name));
    if (checkpoint.ok()) {
      loaded.checkpoint = *std::move(checkpoint);
      break;
    }
    loaded.passed_over.push_back(std::string(checkpoint.status().message()));
  }
  return loaded;
}

std::vector<NamedTensor> WithPrefix(const std::vector<NamedTensor>& tensors,
                                    const std::string& prefix) {
  const std::string start = prefix + "/";
  std::vector<NamedTensor> found;
  for (const NamedTensor& named : tensors) {
    if (absl::StartsWith(named.name, start)) {
      found.push_back({named.name.substr(start.size()), named.tensor});
    }
  }
  return found;
}

void AppendWithPrefix(const std::vector<NamedTensor>& tensors, const std::string& prefix,
                      std::vector<NamedTensor>& into) {
  for (const NamedTensor& named : tensors) {
    into.push_back({absl::StrCat(prefix, "/", named.name), named.tensor.detach()});
  }
}

absl::Status CopyByName(const std::vector<NamedTensor>& source,
                        const std::vector<NamedTensor>& target) {
  const at::NoGradGuard no_grad;
  std::unordered_map<std::string, at::Tensor> by_name;
  for (const NamedTensor& named : source) by_name.emplace(named.name, named.tensor);
  for (const NamedTensor& named : target) {
    const auto found = by_name.find(named.name);
    if (found == by_name.end()) {
      return DataError(absl::StrCat("tensor ", named.name, " is missing"));
    }
    if (found->second.sizes() != named.tensor.sizes()) {
      return DataError(absl::StrCat("tensor ", named.name, " has another shape"));
    }
    named.tensor.detach().copy_(found->second);
    by_name.erase(found);
  }
  if (!by_name.empty()) {
    return DataError(absl::StrCat("tensor ", by_name.begin()->first, " does not belong here"));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
