// The store: artifacts by content, recipes that lead to them, and the folders of runs.
//
//   objects/<digest>/       one artifact (dataset, tokenizer, weights); manifest.json lists its
//   files
//                           with their SHA-256, and <digest> is the SHA-256 of that manifest
//   recipes/<key>.json      recipe key -> artifact digest, experiment, definition hash
//   runs/<experiment>/<n>/  one run each: journal, checkpoints, results.h5
//   sources/                records extracted from data packages
//   staging/                what is being made; published by rename
//
// Recipe key = SHA-256 over the definition's hash and the digests of its inputs, so equal keys mean
// equal artifacts. A corrupted artifact is found by its digests when it is looked up: it is set
// aside and reported as absent, so that it is made again.
// Processes that read or write hold a shared lock; Prune takes the exclusive one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"

namespace bench::harness {

using InputDigests = std::map<std::string, std::string>;  // input name -> digest

std::string RecipeKey(const std::string& definition_sha256, const InputDigests& inputs);

struct Artifact {
  std::string digest;
  std::string folder;
  std::string File(const std::string& name) const { return folder + "/" + name; }
};

struct Recipe {
  std::string key;
  std::string artifact_digest;
  std::string experiment;  // NAME@N
  std::string definition_sha256;
};

// In a run's folder: the digest of the artifact it left.
inline constexpr char kRunArtifactFile[] = "artifact.sha256";

struct StoreEntry {
  enum class Kind { kArtifact, kRun, kSource, kStaging };
  Kind kind;
  std::string name;  // digest, or path below the store
  std::string experiment;
  int64_t bytes = 0;
  bool prunable = false;
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

  // runs/<experiment>/<n>, the first unused n, created.
  absl::StatusOr<std::string> NewRunFolder(const std::string& experiment) const;

  // Everything with its size; an entry is prunable when it is unfinished work, or an artifact that
  // neither a recipe with a definition hash in `locked_definitions` nor a run in the store leads
  // to. Runs never are.
  absl::StatusOr<std::vector<StoreEntry>> List(
      const std::set<std::string>& locked_definitions) const;
  // Removes the prunable entries and returns them. EnvironmentError while other processes use the
  // store.
  absl::StatusOr<std::vector<StoreEntry>> Prune(const std::set<std::string>& locked_definitions);

 private:
  Store(std::string root, FolderLock lock) : root_(std::move(root)), lock_(std::move(lock)) {}
  absl::StatusOr<std::vector<Recipe>> Recipes() const;
  absl::Status SetAside(const std::string& object) const;

  std::string root_;
  FolderLock lock_;
};

}  // namespace bench::harness
