#include "harness/data/source_content.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxFileBytes = int64_t{256} << 20;

bool Matches(const SourceManifest& manifest, const std::string& path) {
  return std::any_of(manifest.files.begin(), manifest.files.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
  });
}

class Records : public SourceContent {
 public:
  std::string suffix() const override { return ".jsonl"; }
  absl::Status Extract(const SourceManifest& manifest, const std::string& root,
                       const std::string& path) const override {
    BENCH_ASSIGN_OR_RETURN(const std::string records, ExtractRecords(manifest, root));
    return PublishFile(path, records);
  }
  absl::Status Publish(const std::string& made, const std::string& path) const override {
    return PublishExisting(made, path);
  }
  absl::StatusOr<std::string> Digest(const std::string& path) const override {
    return Sha256File(path);
  }
};

class Files : public SourceContent {
 public:
  std::string suffix() const override { return ""; }
  absl::Status Extract(const SourceManifest& manifest, const std::string& root,
                       const std::string& path) const override {
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, MatchingFiles(manifest, root));
    for (const std::string& file : files) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      BENCH_ASSIGN_OR_RETURN(const std::string bytes,
                             ReadFile(absl::StrCat(root, "/", file), kMaxFileBytes));
      const std::string copy = absl::StrCat(path, "/", file);
      BENCH_RETURN_IF_ERROR(MakeFolders(fs::path(copy).parent_path().string()));
      BENCH_RETURN_IF_ERROR(PublishFile(copy, bytes));
    }
    return absl::OkStatus();
  }
  absl::Status Publish(const std::string& made, const std::string& path) const override {
    return PublishFolder(made, path);
  }
  absl::StatusOr<std::string> Digest(const std::string& path) const override {
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, RegularFiles(path));
    Sha256 sha;
    for (const std::string& file : files) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(absl::StrCat(path, "/", file)));
      sha.Update(absl::StrCat(file, " ", digest, "\n"));
    }
    return sha.HexDigest();
  }
};

}  // namespace

const SourceContent& ContentOf(SourceKind kind) {
  static const Records records;
  static const Files files;
  switch (kind) {
    case SourceKind::kGettext:
      return records;
    case SourceKind::kFiles:
      return files;
  }
  return records;
}

namespace {

// Sorted paths, relative to `root`, of the entries below it that `wanted` is true for.
template <typename Predicate>
absl::StatusOr<std::vector<std::string>> Listed(const std::string& root, Predicate wanted) {
  std::vector<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(root, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (wanted(*entry)) paths.push_back(entry->path().lexically_relative(root).generic_string());
  }
  if (error) return EnvironmentError(absl::StrCat("cannot list ", root, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> RegularFiles(const std::string& root) {
  return Listed(root, [](const fs::directory_entry& entry) {
    std::error_code vanished;
    return fs::is_regular_file(entry.symlink_status(vanished));
  });
}

absl::StatusOr<std::vector<std::string>> LinksToFiles(const std::string& root) {
  return Listed(root, [](const fs::directory_entry& entry) {
    std::error_code dangling;
    return entry.is_symlink(dangling) && entry.is_regular_file(dangling);
  });
}

absl::StatusOr<std::vector<std::string>> MatchingFiles(const SourceManifest& manifest,
                                                       const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> files, RegularFiles(root));
  std::erase_if(files, [&](const std::string& path) { return !Matches(manifest, path); });
  if (!files.empty()) return files;
  return DataError(absl::StrCat("source ", manifest.name, ": package ", manifest.package,
                                " has no file that matches \"", manifest.files.front(), "\""));
}

}  // namespace bench::harness
