// Private to this folder: which experiments and versions stand in the experiments folder.
//
// An experiment's folder is <root>/NAME, or <root>/GROUP/NAME of experiments that belong together
// (peers); what names it is NAME alone, so no two have one name (UsageError).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/definition/artifact_ref.h"

namespace bench::harness {

// Sorted names of the folders in `root`, and in groups there, that hold a version.
absl::StatusOr<std::vector<std::string>> ExperimentNames(const std::string& root);

// Ascending versions of `name`; empty if there are none.
absl::StatusOr<std::vector<int64_t>> Versions(const std::string& root, const std::string& name);

// <root>/NAME, or <root>/GROUP/NAME where that holds a version and the other does not.
std::string ExperimentFolder(const std::string& root, const std::string& name);

// <ExperimentFolder>/vN.toml
std::string VersionPath(const std::string& root, const std::string& name, int64_t version);

// `ref` with its version, the newest if it has none; UsageError with what there is if it is
// unknown.
absl::StatusOr<ArtifactRef> Resolve(const std::string& root, const ArtifactRef& ref);

// What the argument of a command names: a committed version, or a file outside the experiments
// folder.
struct Location {
  std::optional<ArtifactRef> committed;  // with its version; absent for an own file
  std::string path;
};
absl::StatusOr<Location> Locate(const std::string& root, std::string_view spec);

}  // namespace bench::harness
