#include "harness/store/run_artifact.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/store/store.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxDigestBytes = 128;

std::string CopiesFolder(const std::string& run_folder) {
  return absl::StrCat(run_folder, "/artifact");
}

Artifact CopyIn(const std::string& run_folder, const std::string& digest) {
  return {digest, absl::StrCat(CopiesFolder(run_folder), "/", digest)};
}

}  // namespace

absl::StatusOr<std::string> ArtifactNamedIn(const std::string& run_folder) {
  const std::string path = absl::StrCat(run_folder, "/", kRunArtifactFile);
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (error) return EnvironmentError(absl::StrCat("cannot inspect ", path, ": ", error.message()));
  if (!there) return std::string();
  return ReadFile(path, kMaxDigestBytes);
}

absl::Status NameArtifact(const std::string& run_folder, const std::string& digest) {
  return PublishFile(absl::StrCat(run_folder, "/", kRunArtifactFile), digest);
}

absl::Status KeepCopy(const Artifact& artifact, const std::string& run_folder) {
  const Artifact copy = CopyIn(run_folder, artifact.digest);
  BENCH_RETURN_IF_ERROR(MakeFolders(CopiesFolder(run_folder)));
  if (!VerifyArtifact(copy).ok()) BENCH_RETURN_IF_ERROR(CopyArtifact(artifact, copy.folder));
  BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(CopiesFolder(run_folder)));
  for (const std::string& name : names) {
    if (name == artifact.digest) continue;
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(CopiesFolder(run_folder), "/", name)));
  }
  return absl::OkStatus();
}

absl::Status KeepCopyIf(ArtifactCopies copies, const std::string& digest,
                        const std::string& run_folder, const Store& store) {
  if (copies == ArtifactCopies::kInStore) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const Artifact artifact, FindRunArtifact(run_folder, digest, store));
  return KeepCopy(artifact, run_folder);
}

absl::StatusOr<Artifact> FindRunArtifact(const std::string& run_folder, const std::string& digest,
                                         const Store& store) {
  const Artifact copy = CopyIn(run_folder, digest);
  const bool has_copy = IsSha256(digest) && Exists(copy.folder);
  const absl::Status verified = has_copy ? VerifyArtifact(copy) : absl::OkStatus();
  if (has_copy && verified.ok()) return copy;
  absl::StatusOr<Artifact> stored = store.Load(digest);
  if (stored.ok()) return stored;
  const std::string advice =
      "; set BENCH_STORE to the store that has it (a run made with "
      "--portable has a copy of its own)";
  return absl::Status(stored.status().code(),
                      absl::StrCat(stored.status().message(), verified.ok() ? "" : "; ",
                                   verified.message(), advice));
}

}  // namespace bench::harness
