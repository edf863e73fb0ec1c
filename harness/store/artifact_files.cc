#include "harness/store/artifact_files.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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

// The files that a verified manifest lists.
absl::StatusOr<std::vector<ListedFile>> ListedFiles(const Artifact& artifact) {
  const std::string path = artifact.File(kManifestFile);
  if (!Exists(path)) return DataError(absl::StrCat(path, " is missing"));
  BENCH_ASSIGN_OR_RETURN(const std::string manifest, ReadFile(path, kMaxManifestBytes));
  if (Sha256Hex(manifest) != artifact.digest) {
    return DataError(absl::StrCat(artifact.folder, ": its manifest does not have its digest"));
  }
  absl::StatusOr<std::vector<ListedFile>> files = ParseManifest(manifest);
  if (!files.ok()) return Annotate(files.status(), path);
  return files;
}

}  // namespace

absl::StatusOr<std::string> MakeManifest(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const auto names, FilesBelow(folder));
  json files = json::array();
  for (const std::string& name : names) {
    if (name == kManifestFile) continue;
    BENCH_ASSIGN_OR_RETURN(json file, DescribeFile(folder, name));
    files.push_back(std::move(file));
  }
  return json{{"files", std::move(files)}}.dump(1);
}

absl::Status VerifyArtifact(const Artifact& artifact) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<ListedFile> files, ListedFiles(artifact));
  for (const ListedFile& file : files) {
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

absl::Status CopyArtifact(const Artifact& artifact, const std::string& to) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<ListedFile> files, ListedFiles(artifact));
  const Artifact unfinished = {artifact.digest, to + ".unfinished"};
  BENCH_RETURN_IF_ERROR(RemoveTree(unfinished.folder));  // of an attempt that was killed
  const absl::Cleanup remove = [&] { RemoveTree(unfinished.folder).IgnoreError(); };
  BENCH_RETURN_IF_ERROR(MakeFolders(unfinished.folder));
  for (const ListedFile& file : files) {
    const std::string copy = unfinished.File(file.name);
    BENCH_RETURN_IF_ERROR(MakeFolders(fs::path(copy).parent_path().string()));
    BENCH_RETURN_IF_ERROR(PublishCopy(artifact.File(file.name), copy));
  }
  BENCH_RETURN_IF_ERROR(PublishCopy(artifact.File(kManifestFile), unfinished.File(kManifestFile)));
  BENCH_RETURN_IF_ERROR(VerifyArtifact(unfinished));
  BENCH_RETURN_IF_ERROR(RemoveTree(to));
  return PublishFolder(unfinished.folder, to);
}

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

}  // namespace bench::harness
