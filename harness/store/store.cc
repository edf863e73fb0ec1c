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

constexpr char kRunsElsewhere[] = "runs_elsewhere";
constexpr int64_t kMaxRecipeBytes = int64_t{64} << 20;

// What is missing or damaged is empty: the artifact is made again.
Recipe ParseRecipe(const std::string& key, const std::string& text) {
  const json recipe = ParseJson(text).value_or(json());
  return {key, JsonMember<std::string>(recipe, "artifact").value_or(""),
          JsonMember<std::string>(recipe, "experiment").value_or(""),
          JsonMember<std::string>(recipe, "definition_sha256").value_or("")};
}

// Folders below `folder`, itself included, that hold a run: one, or one a replicate. What cannot be
// listed is an error: a run that is overlooked would lose its artifact.
absl::StatusOr<std::vector<std::string>> RunFoldersBelow(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string path = it->path().string();
    if (path == results::JournalPath(it->path().parent_path().string())) {
      found.push_back(it->path().parent_path().string());
    }
  }
  if (error) return EnvironmentError(absl::StrCat("cannot list ", folder, ": ", error.message()));
  return found;
}

// Whether nothing is left to resume, and the model is elsewhere than in the checkpoints.
bool IsDone(const std::string& run, const std::string& artifact) {
  // What cannot be read is not known to be complete.
  const auto record = results::RecoverJournal(run);
  return record.ok() && record->status == results::RunStatus::kComplete && !artifact.empty() &&
         Exists(absl::StrCat(run, "/", std::string(results::kResultsName)));
}

// Adds the run (or the replicates) in `name`, with the checkpoints of each as an entry of its own,
// and the artifacts that they left to `artifacts`.
absl::Status ListRun(const std::string& root, const std::string& name,
                     const std::string& experiment, std::set<std::string>& artifacts,
                     std::vector<StoreEntry>& entries) {
  const std::string folder = absl::StrCat(root, "/", name);
  StoreEntry whole{name, experiment, TreeBytes(folder)};
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> runs, RunFoldersBelow(folder));
  for (const std::string& run : runs) {
    BENCH_ASSIGN_OR_RETURN(const std::string artifact, ArtifactNamedIn(run));
    artifacts.insert(artifact);
    const std::string checkpoints = absl::StrCat(run, "/", kCheckpointsFolder);
    if (!Exists(checkpoints)) continue;
    StoreEntry entry{fs::relative(checkpoints, root).string(), experiment, TreeBytes(checkpoints)};
    whole.bytes -= entry.bytes;
    if (IsDone(run, artifact)) entry.prunable = PruneReason::kRunComplete;
    entries.push_back(std::move(entry));
  }
  entries.push_back(std::move(whole));
  return absl::OkStatus();
}

// The remembered run that keeps `digest`, one that is there first.
const RememberedRun* Keeper(const std::vector<RememberedRun>& runs, const std::string& digest) {
  const RememberedRun* keeper = nullptr;
  for (const RememberedRun& run : runs) {
    if (run.presence == RunPresence::kMovedOn) continue;
    if (!run.artifact.empty() && run.artifact != digest) continue;
    if (keeper == nullptr || run.presence < keeper->presence) keeper = &run;
  }
  return keeper;
}

}  // namespace

int64_t TreeBytes(const std::string& folder) {
  int64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code vanished;
    if (!it->is_regular_file(vanished)) continue;
    const auto size = it->file_size(vanished);
    if (!vanished) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

std::string RecipeKey(const std::string& definition_sha256, const InputDigests& inputs) {
  std::string text = absl::StrCat("bench-recipe\n", definition_sha256, "\n");
  for (const auto& [name, digest] : inputs) absl::StrAppend(&text, name, " ", digest, "\n");
  return Sha256Hex(text);
}

absl::StatusOr<Store> Store::Open(const std::string& root) {
  const std::string absolute = fs::absolute(root).lexically_normal().string();
  for (const char* folder : {"objects", "recipes", "runs", kRunsElsewhere, "sources", "staging"}) {
    BENCH_RETURN_IF_ERROR(MakeFolders(absl::StrCat(absolute, "/", folder)));
  }
  BENCH_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(absolute, FolderLock::Mode::kShared));
  return Store(absolute, std::move(lock));
}

absl::StatusOr<std::optional<Artifact>> Store::Find(const std::string& recipe_key) const {
  const std::string path = absl::StrCat(root_, "/recipes/", recipe_key, ".json");
  if (!Exists(path)) return std::optional<Artifact>();
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxRecipeBytes));
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
  BENCH_RETURN_IF_ERROR(VerifyArtifact(artifact));
  return artifact;
}

absl::StatusOr<std::string> Store::NewStaging() const {
  return MakeNumberedFolder(absl::StrCat(root_, "/staging/", ::getpid(), "-"));
}

absl::StatusOr<Artifact> Store::Publish(const std::string& staging) const {
  BENCH_ASSIGN_OR_RETURN(const std::string manifest, MakeManifest(staging));
  BENCH_RETURN_IF_ERROR(SyncTree(staging));
  BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(staging, "/", kManifestFile), manifest));
  Artifact artifact;
  artifact.digest = Sha256Hex(manifest);
  artifact.folder = absl::StrCat(root_, "/objects/", artifact.digest);
  if (Exists(artifact.folder) && VerifyArtifact(artifact).ok()) {
    BENCH_RETURN_IF_ERROR(RemoveTree(staging));
    return artifact;
  }
  if (Exists(artifact.folder)) BENCH_RETURN_IF_ERROR(SetAside(artifact.folder));
  const absl::Status published = PublishFolder(staging, artifact.folder);
  if (published.ok()) return artifact;
  // Another process may have published the same content in the meantime, so that the rename failed;
  // once it has succeeded, an error is one of the disk.
  if (!Exists(staging) || !Exists(artifact.folder) || !VerifyArtifact(artifact).ok())
    return published;
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
                           ReadFile(absl::StrCat(root_, "/recipes/", name), kMaxRecipeBytes));
    recipes.push_back(ParseRecipe(fs::path(name).stem().string(), text));
  }
  return recipes;
}

absl::Status Store::ListArtifacts(const std::set<std::string>& locked_definitions,
                                  const std::set<std::string>& of_runs,
                                  std::vector<StoreEntry>& entries) const {
  BENCH_ASSIGN_OR_RETURN(const std::vector<RememberedRun> remembered, remembered_runs().List());
  BENCH_ASSIGN_OR_RETURN(const std::vector<Recipe> recipes, Recipes());
  std::map<std::string, std::string> makers;  // digest -> experiment
  std::set<std::string> locked;
  for (const Recipe& recipe : recipes) {
    makers.emplace(recipe.artifact_digest, recipe.experiment);
    if (locked_definitions.contains(recipe.definition_sha256))
      locked.insert(recipe.artifact_digest);
  }
  BENCH_ASSIGN_OR_RETURN(const auto digests, ListFolder(root_ + "/objects"));
  for (const std::string& digest : digests) {
    StoreEntry entry{absl::StrCat("objects/", digest), makers[digest]};
    entry.bytes = TreeBytes(absl::StrCat(root_, "/", entry.name));
    if (const RememberedRun* run = Keeper(remembered, digest)) {
      entry.kept_for = run->folder;
      entry.presence = run->presence;
    }
    const bool is_kept =
        !entry.kept_for.empty() || of_runs.contains(digest) || locked.contains(digest);
    if (!is_kept) entry.prunable = PruneReason::kUnreferenced;
    entries.push_back(std::move(entry));
  }
  return absl::OkStatus();
}

absl::Status Store::ListRuns(std::set<std::string>& artifacts,
                             std::vector<StoreEntry>& entries) const {
  BENCH_ASSIGN_OR_RETURN(const auto experiments, ListFolder(root_ + "/runs"));
  for (const std::string& experiment : experiments) {
    BENCH_ASSIGN_OR_RETURN(const auto runs, ListFolder(absl::StrCat(root_, "/runs/", experiment)));
    for (const std::string& run : runs) {
      const std::string name = absl::StrCat("runs/", experiment, "/", run);
      BENCH_RETURN_IF_ERROR(ListRun(root_, name, experiment, artifacts, entries));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoreEntry>> Store::List(
    const std::set<std::string>& locked_definitions) const {
  std::vector<StoreEntry> entries;
  std::set<std::string> of_runs;
  BENCH_RETURN_IF_ERROR(ListRuns(of_runs, entries));
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

// A run's checkpoints hold its weights: they go when those are verified to be in its artifact.
absl::Status Store::VerifyPrunable(const StoreEntry& entry) const {
  if (entry.prunable != PruneReason::kRunComplete) return absl::OkStatus();
  const std::string run = fs::path(absl::StrCat(root_, "/", entry.name)).parent_path().string();
  BENCH_ASSIGN_OR_RETURN(const std::string digest, ArtifactNamedIn(run));
  return Annotate(FindRunArtifact(run, digest, *this).status(),
                  absl::StrCat(entry.name, " is kept"));
}

absl::StatusOr<PruneReport> Store::Prune(const std::set<std::string>& locked_definitions) {
  // Our own shared lock gives way to the exclusive one, which no other process may share.
  { FolderLock released = std::move(lock_); }
  BENCH_ASSIGN_OR_RETURN(lock_, FolderLock::Acquire(root_));
  BENCH_RETURN_IF_ERROR(remembered_runs().Refresh());
  BENCH_ASSIGN_OR_RETURN(const std::vector<StoreEntry> entries, List(locked_definitions));
  PruneReport report;
  for (const StoreEntry& entry : entries) {
    if (!entry.prunable) continue;
    if (const absl::Status whole = VerifyPrunable(entry); !whole.ok()) {
      report.kept.emplace_back(whole.message());
      continue;
    }
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(root_, "/", entry.name)));
    report.removed.push_back(entry);
  }
  // By the list of what is there: that one artifact cannot be looked at does not mean that it is
  // gone.
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> objects, ListFolder(root_ + "/objects"));
  const std::set<std::string> there(objects.begin(), objects.end());
  BENCH_ASSIGN_OR_RETURN(const std::vector<Recipe> recipes, Recipes());
  for (const Recipe& recipe : recipes) {
    if (there.contains(recipe.artifact_digest)) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(root_, "/recipes/", recipe.key, ".json")));
  }
  return report;
}

}  // namespace bench::harness
