// Finding, loading and locking versioned experiment definitions.
//
// One immutable file a version: <root>/NAME/v1.toml, v2.toml, ...; NAME is the newest, NAME@N any.
// <root>/versions.lock maps each NAME@N to the hash of its content (canonical.h): a committed
// definition whose hash is not the locked one is refused, so a result names what produced it.
// Errors: UsageError with file:line:column for everything wrong with a definition or the lock,
// EnvironmentError where a file cannot be read or written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/definition/reference.h"

namespace bench::harness {

struct LoadedDefinition {
  Definition definition;
  std::string name;                // of the experiment, or the stem of an own file
  std::optional<int64_t> version;  // absent for a file outside the experiments folder
  std::string path;
  std::string toml;            // the file's text, without overrides
  std::string canonical_json;  // with overrides, as the hash
  std::string sha256;
  std::vector<std::string> overrides;
  bool ad_hoc = false;  // changed by overrides: acceptance bounds are not applied
};

struct LoadOptions {
  std::string experiments_root = "experiments";
  std::vector<std::string> overrides;  // "key=value" of --set; of one key the last counts
};

// `spec`: "NAME", "NAME@N", either after "experiments/", or the path of a .toml file. A file of
// your own outside the experiments folder needs no lock entry and may name your own files; paths in
// it, as in --set, are relative to the current folder.
absl::StatusOr<LoadedDefinition> LoadDefinition(std::string_view spec, const LoadOptions& options);

// Names of the experiments in `root`, sorted.
absl::StatusOr<std::vector<std::string>> ListExperiments(const std::string& root);

// Every version of every experiment against the schema, the lock and the artifacts that it refers
// to; the message has one line an error.
absl::Status CheckAll(const std::string& root);

// Adds the missing entries to the lock and returns how many; refuses to change or drop one.
absl::StatusOr<int> UpdateLock(const std::string& root);

}  // namespace bench::harness
