// The artifact of a run as its folder names it, and the copy of it that a portable run's folder
// has.
//
//   <run>/artifact.sha256      the artifact's digest
//   <run>/artifact/<digest>/   its files, if the run was made portable: all that --export and
//                              --generate need beside the results file
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/store/artifact_files.h"

namespace bench::harness {

class Store;

// Where a run's artifact is kept; with the second in the store too (--portable).
enum class ArtifactCopies { kInStore, kInRunFolder };

// In a run's folder: the digest of the artifact it left, and its checkpoints.
inline constexpr char kRunArtifactFile[] = "artifact.sha256";
inline constexpr char kCheckpointsFolder[] = "checkpoints";

// The digest; "" where there is no such folder or it names none. EnvironmentError if that cannot be
// found out: the caller must not take it for "none".
absl::StatusOr<std::string> ArtifactNamedIn(const std::string& run_folder);
absl::Status NameArtifact(const std::string& run_folder, const std::string& digest);

// Puts a verified copy of the artifact into the run's folder; copies of others that the run left
// earlier go when it is there.
absl::Status KeepCopy(const Artifact& artifact, const std::string& run_folder);

// With kInRunFolder: KeepCopy of the run's artifact `digest`, wherever it is found.
absl::Status KeepCopyIf(ArtifactCopies copies, const std::string& digest,
                        const std::string& run_folder, const Store& store);

// The artifact `digest` of the run in `run_folder`: its own copy, or the store's. DataError, saying
// why for both, if neither is there and whole.
absl::StatusOr<Artifact> FindRunArtifact(const std::string& run_folder, const std::string& digest,
                                         const Store& store);

}  // namespace bench::harness
