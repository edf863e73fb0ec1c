#include "harness/store/store.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/journal.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kManifest[] = "manifest.json";
constexpr int64_t kMaxManifestBytes = int64_t{64} << 20;

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file()) names.push_back(fs::relative(it->path(), folder).string());
  }
  if (error) return EnvironmentError(absl::StrCat("cannot list ", folder, ": ", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<json> DescribeFile(const std::string& folder, const std::string& name) {
  const std::string path = absl::StrCat(folder, "/", name);
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error) return EnvironmentError(absl::StrCat("cannot inspect ", path, ": ", error.message()));
  BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(path));
  return json{{"name", name}, {"bytes", bytes}, {"sha256", sha256}};
}

absl::StatusOr<std::string> MakeManifest(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const auto names, FilesBelow(folder));
  json files = json::array();
  for (const std::string& name : names) {
    if (name == kManifest) continue;
    BENCH_ASSIGN_OR_RETURN(json file, DescribeFile(folder, name));
    files.push_back(std::move(file));
  }
  return json{{"files", std::move(files)}}.dump(1);
}

struct ListedFile {
  std::string name;
  std::string sha256;
};

// Names come from a file, so they must stay inside its folder.
bool StaysInside(const std::string& name) {
  const fs::path path = fs::path(name).lexically_normal();
  return !path.empty() && path.is_relative() && *path.begin() != "..";
}

absl::StatusOr<std::vector<ListedFile>> ParseManifest(const std::string& text) {
  BENCH_ASSIGN_OR_RETURN(const json manifest, ParseJson(text));
  BENCH_ASSIGN_OR_RETURN(const json files, JsonMember<json>(manifest, "files"));
  if (!files.is_array()) return DataError("\"files\" is no list");
  std::vector<ListedFile> listed;
  for (const json& file : files) {
    ListedFile entry;
    BENCH_ASSIGN_OR_RETURN(entry.name, JsonMember<std::string>(file, "name"));
    BENCH_ASSIGN_OR_RETURN(entry.sha256, JsonMember<std::string>(file, "sha256"));
    if (!StaysInside(entry.name)) {
      return DataError(absl::StrCat("\"", entry.name, "\" is no file of the artifact"));
    }
    listed.push_back(std::move(entry));
  }
  return listed;
}

// OK when the manifest is the one that `digest` names and every file is the one it lists.
absl::Status Verify(const Artifact& artifact) {
  if (!Exists(artifact.File(kManifest))) {
    return DataError(absl::StrCat(artifact.File(kManifest), " is missing"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string manifest,
                         ReadFile(artifact.File(kManifest), kMaxManifestBytes));
  if (Sha256Hex(manifest) != artifact.digest) {
    return DataError(absl::StrCat(artifact.folder, ": its manifest does not have its digest"));
  }
  absl::StatusOr<std::vector<ListedFile>> files = ParseManifest(manifest);
  if (!files.ok()) return Annotate(files.status(), artifact.File(kManifest));
  for (const ListedFile& file : *files) {
    const std::string path = artifact.File(file.name);
    if (!Exists(path)) return DataError(absl::StrCat(path, " is missing"));
    BENCH_ASSIGN_OR_RETURN(const std::string sha256, Sha256File(path));
    if (sha256 != file.sha256) {
      return DataError(
          absl::StrCat(path, ": SHA-256 ", sha256, ", the manifest says ", file.sha256));
    }
  }
  return absl::OkStatus();
}

// What is missing or damaged is empty: the artifact is made again.
Recipe ParseRecipe(const std::string& key, const std::string& text) {
  const json recipe = ParseJson(text).value_or(json());
  return {key, JsonMember<std::string>(recipe, "artifact").value_or(""),
          JsonMember<std::string>(recipe, "experiment").value_or(""),
          JsonMember<std::string>(recipe, "definition_sha256").value_or("")};
}

int64_t TreeBytes(const std::string& folder) {
  int64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file()) bytes += static_cast<int64_t>(it->file_size(error));
  }
  return bytes;
}

// Folders below `folder`, itself included, that hold a run: one, or one a replicate.
std::vector<std::string> RunFoldersBelow(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string path = it->path().string();
    if (path == results::JournalPath(it->path().parent_path().string())) {
      found.push_back(it->path().parent_path().string());
    }
  }
  return found;
}

// Adds the run (or the replicates) in `name`, with the checkpoints of each as an entry of its own,
// and the artifacts that they left to `artifacts`.
void ListRun(const std::string& root, const std::string& name, const std::string& experiment,
             std::set<std::string>& artifacts, std::vector<StoreEntry>& entries) {
  const std::string folder = absl::StrCat(root, "/", name);
  StoreEntry whole{name, experiment, TreeBytes(folder)};
  for (const std::string& run : RunFoldersBelow(folder)) {
    if (auto digest = ReadFile(absl::StrCat(run, "/", kRunArtifactFile), 128); digest.ok()) {
      artifacts.insert(*std::move(digest));
    }
    const std::string checkpoints = absl::StrCat(run, "/", kCheckpointsFolder);
    if (!Exists(checkpoints)) continue;
    StoreEntry entry{fs::relative(checkpoints, root).string(), experiment, TreeBytes(checkpoints)};
    whole.bytes -= entry.bytes;
    // What cannot be read is not known to be complete.
    const auto record = results::RecoverJournal(run);
    if (record.ok() && record->status == results::RunStatus::kComplete &&
        Exists(absl::StrCat(run, "/", std::string(results::kResultsName)))) {
      entry.prunable = PruneReason::kRunComplete;
    }
    entries.push_back(std::move(entry));
  }
  entries.push_back(std::move(whole));
}

// fsyncs every file and folder below `folder`, and itself.
absl::Status SyncTree(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(folder));
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(folder, "/", name);
    std::error_code error;
    if (fs::is_directory(path, error)) {
      BENCH_RETURN_IF_ERROR(SyncTree(path));
    } else {
      BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
      BENCH_RETURN_IF_ERROR(file.Sync());
    }
  }
  return FsyncFolder(folder);
}

}  // namespace

std::string RecipeKey(const std::string& definition_sha256, const InputDigests& inputs) {
  std::string text = absl::StrCat("bench-recipe\n", definition_sha256, "\n");
  for (const auto& [name, digest] : inputs) absl::StrAppend(&text, name, " ", digest, "\n");
  return Sha256Hex(text);
}

absl::StatusOr<Store> Store::Open(const std::string& root) {
  const std::string absolute = fs::absolute(root).lexically_normal().string();
  for (const char* folder : {"objects", "recipes", "runs", "sources", "staging"}) {
    BENCH_RETURN_IF_ERROR(MakeFolders(absl::StrCat(absolute, "/", folder)));
  }
  BENCH_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(absolute, FolderLock::Mode::kShared));
  return Store(absolute, std::move(lock));
}

absl::StatusOr<std::optional<Artifact>> Store::Find(const std::string& recipe_key) const {
  const std::string path = absl::StrCat(root_, "/recipes/", recipe_key, ".json");
  if (!Exists(path)) return std::optional<Artifact>();
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxManifestBytes));
  const std::string digest = ParseRecipe(recipe_key, text).artifact_digest;
  if (!IsSha256(digest)) return std::optional<Artifact>();
  absl::StatusOr<Artifact> artifact = Load(digest);
  if (artifact.ok()) return std::optional<Artifact>(*std::move(artifact));
  if (artifact.status().code() != absl::StatusCode::kDataLoss) return artifact.status();
  const std::string object = absl::StrCat(root_, "/objects/", digest);
  if (Exists(object)) BENCH_RETURN_IF_ERROR(SetAside(object));
  return std::optional<Artifact>();
}

absl::StatusOr<Artifact> Store::Load(const std::string& digest) const {
  if (!IsSha256(digest)) return DataError("an artifact's digest is 64 hexadecimal digits");
  Artifact artifact{digest, absl::StrCat(root_, "/objects/", digest)};
  if (!Exists(artifact.folder)) {
    return DataError(absl::StrCat("artifact ", digest, " is not in the store ", root_));
  }
  BENCH_RETURN_IF_ERROR(Verify(artifact));
  return artifact;
}

absl::StatusOr<std::string> Store::NewStaging() const {
  return MakeNumberedFolder(absl::StrCat(root_, "/staging/", ::getpid(), "-"));
}

absl::StatusOr<Artifact> Store::Publish(const std::string& staging) const {
  BENCH_ASSIGN_OR_RETURN(const std::string manifest, MakeManifest(staging));
  BENCH_RETURN_IF_ERROR(SyncTree(staging));
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(staging, "/", kManifest), manifest));
  Artifact artifact;
  artifact.digest = Sha256Hex(manifest);
  artifact.folder = absl::StrCat(root_, "/objects/", artifact.digest);
  if (Exists(artifact.folder) && Verify(artifact).ok()) {
    BENCH_RETURN_IF_ERROR(RemoveTree(staging));
    return artifact;
  }
  if (Exists(artifact.folder)) BENCH_RETURN_IF_ERROR(SetAside(artifact.folder));
  const absl::Status published = PublishFolder(staging, artifact.folder);
  if (published.ok()) return artifact;
  // Another process may have published the same content in the meantime, so that the rename failed;
  // once it has succeeded, an error is one of the disk.
  if (!Exists(staging) || !Exists(artifact.folder) || !Verify(artifact).ok()) return published;
  BENCH_RETURN_IF_ERROR(RemoveTree(staging));
  return artifact;
}

// Not removed: somebody may want to see what happened to it.
absl::Status Store::SetAside(const std::string& object) const {
  BENCH_ASSIGN_OR_RETURN(const std::string aside, NewStaging());
  return PublishFolder(object, absl::StrCat(aside, "/damaged"));
}

absl::Status Store::Record(const Recipe& recipe) const {
  const json text = {{"artifact", recipe.artifact_digest},
                     {"experiment", recipe.experiment},
                     {"definition_sha256", recipe.definition_sha256}};
  return PublishFile(absl::StrCat(root_, "/recipes/", recipe.key, ".json"), text.dump(1));
}

absl::StatusOr<std::string> Store::NewRunFolder(const std::string& experiment) const {
  const std::string parent = absl::StrCat(root_, "/runs/", experiment);
  BENCH_RETURN_IF_ERROR(MakeFolders(parent));
  return MakeNumberedFolder(parent + "/");
}

absl::StatusOr<std::vector<Recipe>> Store::Recipes() const {
  BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(root_ + "/recipes"));
  std::vector<Recipe> recipes;
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(const std::string text,
                           ReadFile(absl::StrCat(root_, "/recipes/", name), kMaxManifestBytes));
    recipes.push_back(ParseRecipe(fs::path(name).stem().string(), text));
  }
  return recipes;
}

absl::Status Store::ListArtifacts(const std::set<std::string>& locked_definitions,
                                  const std::set<std::string>& of_runs,
                                  std::vector<StoreEntry>& entries) const {
  BENCH_ASSIGN_OR_RETURN(const std::vector<Recipe> recipes, Recipes());
  std::map<std::string, std::string> makers;  // digest -> experiment
  std::set<std::string> kept = of_runs;
  for (const Recipe& recipe : recipes) {
    makers.emplace(recipe.artifact_digest, recipe.experiment);
    if (locked_definitions.contains(recipe.definition_sha256)) kept.insert(recipe.artifact_digest);
  }
  BENCH_ASSIGN_OR_RETURN(const auto digests, ListFolder(root_ + "/objects"));
  for (const std::string& digest : digests) {
    StoreEntry entry{absl::StrCat("objects/", digest), makers[digest]};
    entry.bytes = TreeBytes(absl::StrCat(root_, "/", entry.name));
    if (!kept.contains(digest)) entry.prunable = PruneReason::kUnreferenced;
    entries.push_back(std::move(entry));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoreEntry>> Store::List(
    const std::set<std::string>& locked_definitions) const {
  std::vector<StoreEntry> entries;
  std::set<std::string> of_runs;
  BENCH_ASSIGN_OR_RETURN(const auto experiments, ListFolder(root_ + "/runs"));
  for (const std::string& experiment : experiments) {
    BENCH_ASSIGN_OR_RETURN(const auto runs, ListFolder(absl::StrCat(root_, "/runs/", experiment)));
    for (const std::string& run : runs) {
      const std::string name = absl::StrCat("runs/", experiment, "/", run);
      ListRun(root_, name, experiment, of_runs, entries);
    }
  }
  BENCH_RETURN_IF_ERROR(ListArtifacts(locked_definitions, of_runs, entries));
  for (const char* folder : {"sources", "staging"}) {
    BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(absl::StrCat(root_, "/", folder)));
    for (const std::string& name : names) {
      StoreEntry entry{absl::StrCat(folder, "/", name), ""};
      entry.bytes = TreeBytes(absl::StrCat(root_, "/", entry.name));
      // Hidden: a package that was being unpacked.
      const bool unfinished = std::string_view(folder) == "staging" || name[0] == '.';
      if (unfinished) entry.prunable = PruneReason::kUnfinished;
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

absl::StatusOr<std::vector<StoreEntry>> Store::Prune(
    const std::set<std::string>& locked_definitions) {
  // Our own shared lock gives way to the exclusive one, which no other process may share.
  { FolderLock released = std::move(lock_); }
  BENCH_ASSIGN_OR_RETURN(lock_, FolderLock::Acquire(root_));
  BENCH_ASSIGN_OR_RETURN(const std::vector<StoreEntry> entries, List(locked_definitions));
  std::vector<StoreEntry> removed;
  for (const StoreEntry& entry : entries) {
    if (!entry.prunable) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(root_, "/", entry.name)));
    removed.push_back(entry);
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<Recipe> recipes, Recipes());
  for (const Recipe& recipe : recipes) {
    if (Exists(absl::StrCat(root_, "/objects/", recipe.artifact_digest))) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(root_, "/recipes/", recipe.key, ".json")));
  }
  return removed;
}

}  // namespace bench::harness
