#include "harness/training/checkpoint.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/store/store.h"
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

using models::TensorSpec;

json Slices(const std::vector<TensorSpec>& specs) {
  json slices = json::object();
  for (const TensorSpec& spec : specs) {
    slices[spec.name] = {{"full_shape", spec.shape},
                         {"offset", std::vector<int64_t>(spec.shape.size(), 0)}};
  }
  return slices;
}

absl::Status WriteTensors(const std::string& path, const std::vector<TensorSpec>& specs,
                          const std::vector<NamedTensor>& tensors, const TensorStream& more) {
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         models::SafetensorsWriter::Create(path, specs, /*metadata=*/{}));
  const auto append = [&](const NamedTensor& tensor) { return writer.Append(tensor); };
  for (const NamedTensor& tensor : tensors) BENCH_RETURN_IF_ERROR(append(tensor));
  BENCH_RETURN_IF_ERROR(more.visit(append));
  return writer.Publish();
}

// Complete checkpoints, oldest first.
absl::StatusOr<std::vector<std::string>> CompleteCheckpoints(const std::string& folder) {
  if (!Exists(folder)) return std::vector<std::string>();
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> names, ListFolder(folder));
  std::erase_if(names, [](const std::string& n) { return !absl::StartsWith(n, kFolderPrefix); });
  return names;
}

// Keeps `saved`, the checkpoint that was just published, with those before it up to
// kCheckpointsKept, and later ones: such were damaged when the run was continued from before them,
// so they must not push out `saved`.
absl::Status RemoveAllBefore(const std::string& folder, const std::string& saved) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> kept, CompleteCheckpoints(folder));
  const auto later = std::upper_bound(kept.begin(), kept.end(), saved);
  const auto num_old = std::max<ptrdiff_t>(later - kept.begin() - kCheckpointsKept, 0);
  kept.erase(kept.begin(), kept.begin() + num_old);
  for (const std::string& name : names) {
    if (std::find(kept.begin(), kept.end(), name) != kept.end()) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(folder, "/", name)));
  }
  return absl::OkStatus();
}

constexpr char kDamaged[] = "damaged (its digest does not match)";

// All but the tensors.
absl::StatusOr<Checkpoint> ParseState(const std::string& text) {
  BENCH_ASSIGN_OR_RETURN(const json document, ParseJson(text));
  BENCH_ASSIGN_OR_RETURN(const json state, JsonMember<json>(document, "state"));
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, JsonMember<std::string>(document, "sha256"));
  if (sha256 != Sha256Hex(state.dump())) return DataError(kDamaged);
  BENCH_ASSIGN_OR_RETURN(const int64_t version, JsonMember<int64_t>(state, "format_version"));
  if (version != kFormatVersion) return DataError("made by another version of this program");
  Checkpoint saved;
  BENCH_ASSIGN_OR_RETURN(saved.step, JsonMember<int64_t>(state, "step"));
  BENCH_ASSIGN_OR_RETURN(saved.tokens, JsonMember<int64_t>(state, "tokens"));
  BENCH_ASSIGN_OR_RETURN(saved.elapsed_s, JsonMember<double>(state, "elapsed_s"));
  BENCH_ASSIGN_OR_RETURN(saved.task_state, JsonMember<json>(state, "task"));
  BENCH_ASSIGN_OR_RETURN(saved.tensors_sha256, JsonMember<std::string>(state, "tensors_sha256"));
  return saved;
}

absl::StatusOr<Checkpoint> LoadState(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(folder + kStateFile, kMaxStateBytes));
  absl::StatusOr<Checkpoint> saved = ParseState(text);
  if (!saved.ok()) return Annotate(saved.status(), folder + kStateFile);
  return saved;
}

absl::Status MapTensors(const std::string& folder, Checkpoint& checkpoint) {
  BENCH_ASSIGN_OR_RETURN(models::SafetensorsFile file,
                         models::MapSafetensors(folder + kTensorsFile));
  checkpoint.tensors = std::move(file.tensors);
  return absl::OkStatus();
}

absl::StatusOr<Checkpoint> Load(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(Checkpoint checkpoint, LoadState(folder));
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(folder + kTensorsFile));
  if (sha256 != checkpoint.tensors_sha256) {
    return DataError(absl::StrCat(folder, kTensorsFile, ": ", kDamaged));
  }
  BENCH_RETURN_IF_ERROR(MapTensors(folder, checkpoint));
  return checkpoint;
}

// All but the tensors.
std::string StateText(const Checkpoint& checkpoint, const std::vector<TensorSpec>& specs,
                      const std::string& tensors_sha256) {
  const json state = {{"format_version", kFormatVersion}, {"step", checkpoint.step},
                      {"tokens", checkpoint.tokens},      {"elapsed_s", checkpoint.elapsed_s},
                      {"task", checkpoint.task_state},    {"tensors_sha256", tensors_sha256},
                      {"slices", Slices(specs)}};
  const json document = {{"state", state}, {"sha256", Sha256Hex(state.dump())}};
  return document.dump(1);
}

std::string FolderOf(int64_t step) { return absl::StrFormat("%s%09d", kFolderPrefix, step); }

}  // namespace

absl::Status SaveCheckpoint(const std::string& run_folder, const Checkpoint& checkpoint) {
  return SaveCheckpoint(run_folder, checkpoint, {{}, [](const auto&) { return absl::OkStatus(); }});
}

absl::Status SaveCheckpoint(const std::string& run_folder, const Checkpoint& checkpoint,
                            const TensorStream& more) {
  const std::string parent = CheckpointsFolder(run_folder);
  const std::string name = FolderOf(checkpoint.step);
  const std::string unfinished = absl::StrCat(parent, "/.making-", name);
  const std::string folder = absl::StrCat(parent, "/", name);
  // An intact checkpoint of this step is of an earlier attempt, and bitwise the same.
  if (Exists(folder) && Load(folder).ok()) {
    BENCH_RETURN_IF_ERROR(more.visit([](const NamedTensor&) { return absl::OkStatus(); }));
    return RemoveAllBefore(parent, name);
  }
  std::vector<TensorSpec> specs = models::SpecsOf(checkpoint.tensors);
  specs.insert(specs.end(), more.specs.begin(), more.specs.end());
  BENCH_RETURN_IF_ERROR(RemoveTree(unfinished));
  BENCH_RETURN_IF_ERROR(MakeFolders(unfinished));
  BENCH_RETURN_IF_ERROR(WriteTensors(unfinished + kTensorsFile, specs, checkpoint.tensors, more));
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(unfinished + kTensorsFile));
  BENCH_RETURN_IF_ERROR(PublishFile(unfinished + kStateFile, StateText(checkpoint, specs, sha256)));
  BENCH_RETURN_IF_ERROR(RemoveTree(folder));  // only a damaged one can be there
  BENCH_RETURN_IF_ERROR(PublishFolder(unfinished, folder));
  return RemoveAllBefore(parent, name);
}

absl::StatusOr<int64_t> CheckpointBytes(const std::vector<TensorSpec>& specs) {
  BENCH_ASSIGN_OR_RETURN(const int64_t tensors_bytes, models::SafetensorsBytes(specs));
  return tensors_bytes + std::ssize(StateText({}, specs, Sha256Hex("")));
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

absl::StatusOr<Checkpoint> LoadSharedCheckpoint(const std::string& run_folder, int64_t step,
                                                const std::string& tensors_sha256) {
  const std::string folder = absl::StrCat(CheckpointsFolder(run_folder), "/", FolderOf(step));
  const absl::Status not_there =
      EnvironmentError(absl::StrCat(run_folder, ": the checkpoint of step ", step,
                                    " is not there: the ranks must share the folder"));
  if (!Exists(folder)) return not_there;
  BENCH_ASSIGN_OR_RETURN(Checkpoint checkpoint, LoadState(folder));
  if (checkpoint.tensors_sha256 != tensors_sha256) return not_there;
  BENCH_RETURN_IF_ERROR(MapTensors(folder, checkpoint));
  return checkpoint;
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

absl::StatusOr<std::unordered_map<std::string, at::Tensor>> ByName(
    const std::vector<NamedTensor>& tensors, const std::vector<TensorSpec>& specs) {
  std::unordered_map<std::string, at::Tensor> all, found;
  for (const auto& [name, tensor] : tensors) all.emplace(name, tensor);
  for (const TensorSpec& spec : specs) {
    auto taken = all.extract(spec.name);
    if (taken.empty()) return DataError(absl::StrCat("tensor ", spec.name, " is missing"));
    if (taken.mapped().sizes() != at::IntArrayRef(spec.shape)) {
      return DataError(absl::StrCat("tensor ", spec.name, " has another shape"));
    }
    found.insert(std::move(taken));
  }
  if (all.empty()) return found;
  return DataError(absl::StrCat("tensor ", all.begin()->first, " does not belong here"));
}

absl::Status CopyByName(const std::vector<NamedTensor>& source,
                        const std::vector<NamedTensor>& target) {
  const at::NoGradGuard no_grad;
  BENCH_ASSIGN_OR_RETURN(const auto by_name, ByName(source, models::SpecsOf(target)));
  for (const auto& [name, tensor] : target) tensor.detach().copy_(by_name.at(name));
  return absl::OkStatus();
}

}  // namespace bench::harness
