// The files of an artifact: a folder whose manifest lists each with its SHA-256, and whose digest
// is the SHA-256 of that manifest. So a folder is verified by its digest alone, wherever it lies.
// Errors: DataError for a folder that does not have its digest, EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

inline constexpr char kManifestFile[] = "manifest.json";
inline constexpr int64_t kMaxManifestBytes = int64_t{64} << 20;

struct Artifact {
  std::string digest;
  std::string folder;
  std::string File(const std::string& name) const { return folder + "/" + name; }
};

// The manifest of the files in `folder` and below it.
absl::StatusOr<std::string> MakeManifest(const std::string& folder);

// OK when the manifest is the one that the digest names and every file is the one it lists.
absl::Status VerifyArtifact(const Artifact& artifact);

// A copy of its files in the folder `to`, verified before it takes the place of what is there.
absl::Status CopyArtifact(const Artifact& artifact, const std::string& to);

// fsyncs every file and folder below `folder`, and itself.
absl::Status SyncTree(const std::string& folder);

}  // namespace bench::harness
