// The store: artifacts by content, recipes that lead to them, and the folders of runs.
//
//   objects/<digest>/       one artifact (dataset, tokenizer, weights; artifact_files.h)
//   recipes/<key>.json      recipe key -> artifact digest, experiment, definition hash
//   runs/<experiment>/<n>/  one run each: journal, checkpoints, results.h5
//   runs_elsewhere/<hash>   a run's folder and the artifact it left here (remembered_runs.h)
//   sources/                records extracted from data packages
//   staging/                what is being made; published by rename
//
// Recipe key = SHA-256 over the definition's hash and the digests of its inputs, so equal keys mean
// equal artifacts. A corrupted artifact is found by its digests when it is looked up: it is set
// aside and reported as absent, so that it is made again.
// Processes that read or write hold a shared lock; Prune takes the exclusive one.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "harness/store/artifact_files.h"
#include "harness/store/remembered_runs.h"
#include "harness/store/run_artifact.h"

namespace bench::harness {

using InputDigests = std::map<std::string, std::string>;  // input name -> digest

std::string RecipeKey(const std::string& definition_sha256, const InputDigests& inputs);

struct Recipe {
  std::string key;
  std::string artifact_digest;
  std::string experiment;  // NAME@N
  std::string definition_sha256;
};

// Bytes of the files in a folder and below it; 0 where there is none. A file that vanishes
// meanwhile does not count.
int64_t TreeBytes(const std::string& folder);

// Why an entry may go.
enum class PruneReason : uint8_t {
  kUnfinished,    // work that was cut off, or a damaged artifact that was set aside
  kUnreferenced,  // an artifact that neither a locked definition nor a run leads to
  kRunComplete,  // checkpoints of a complete run whose artifact is there: nothing is left to resume
};
constexpr std::array<std::string_view, 3> EnumNames(PruneReason) {
  return {"unfinished work", "no locked definition or run leads to it", "its run is complete"};
}

struct StoreEntry {
  std::string name;        // path below the store
  std::string experiment;  // "" where it belongs to none
  int64_t bytes = 0;
  std::optional<PruneReason> prunable;
  std::string kept_for;  // of an artifact: the folder of a run that leads to it by a note
  RunPresence presence = RunPresence::kHere;  // of that run
};

struct PruneReport {
  std::vector<StoreEntry> removed;
  std::vector<std::string> kept;  // one line a prunable entry that was kept after all, and why
};

class Store {
 public:
  // Creates the folders that are missing and takes the shared lock.
  static absl::StatusOr<Store> Open(const std::string& root);

  const std::string& root() const { return root_; }
  std::string sources() const { return root_ + "/sources"; }

  absl::StatusOr<std::optional<Artifact>> Find(const std::string& recipe_key) const;
  // By digest; DataError when it is absent or damaged.
  absl::StatusOr<Artifact> Load(const std::string& digest) const;

  // A fresh folder to make an artifact in.
  absl::StatusOr<std::string> NewStaging() const;
  // Moves the finished folder `staging` into the store. Equal content is stored once.
  absl::StatusOr<Artifact> Publish(const std::string& staging) const;
  absl::Status Record(const Recipe& recipe) const;

  // Which runs' folders its artifacts belong to.
  RememberedRuns remembered_runs() const { return RememberedRuns(root_); }

  // runs/<experiment>/<n>, the first unused n, created.
  absl::StatusOr<std::string> NewRunFolder(const std::string& experiment) const;

  // Everything with its size; no byte is in two entries. A run's journal and results are never
  // prunable, its checkpoints (an entry of their own) when it is complete.
  absl::StatusOr<std::vector<StoreEntry>> List(
      const std::set<std::string>& locked_definitions) const;
  // Removes the prunable entries; checkpoints only after the artifact that came of them is
  // verified. EnvironmentError while other processes use the store.
  absl::StatusOr<PruneReport> Prune(const std::set<std::string>& locked_definitions);

 private:
  Store(std::string root, FolderLock lock) : root_(std::move(root)), lock_(std::move(lock)) {}
  absl::StatusOr<std::vector<Recipe>> Recipes() const;
  absl::Status ListRuns(std::set<std::string>& artifacts, std::vector<StoreEntry>& entries) const;
  absl::Status ListArtifacts(const std::set<std::string>& locked_definitions,
                             const std::set<std::string>& of_runs,
                             std::vector<StoreEntry>& entries) const;
  absl::Status VerifyPrunable(const StoreEntry& entry) const;
  absl::Status SetAside(const std::string& object) const;

  std::string root_;
  FolderLock lock_;
};

}  // namespace bench::harness
