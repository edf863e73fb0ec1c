#include "harness/definition/catalogue.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/message_text.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".toml";
constexpr std::string_view kFolderName = "experiments/";

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool DropPrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// The version that a file name such as "v12.toml" stands for.
std::optional<int64_t> VersionOf(std::string_view file_name) {
  if (!EndsWith(file_name, kExtension) || !DropPrefix(file_name, "v")) return std::nullopt;
  file_name.remove_suffix(kExtension.size());
  return ParseVersion(file_name);
}

absl::Status UnknownExperiment(const std::string& root, const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ExperimentNames(root));
  return UsageError(
      absl::StrCat("no experiment ", Quoted(name), " in ", root, "; ", Suggestion(name, names)));
}

// `path` below `root`, if it is there, links resolved.
std::optional<fs::path> Below(const std::string& root, const std::string& path) {
  std::error_code error;
  const fs::path base = fs::weakly_canonical(root, error);
  const fs::path relative = fs::weakly_canonical(path, error).lexically_relative(base);
  if (error || relative.empty() || *relative.begin() == "..") return std::nullopt;
  return relative;
}

// "a//b/" as "a/b".
std::string WithoutSpareSlashes(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c != '/' || text.empty() || text.back() != '/') text += c;
  }
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

// Names of the folders of `root`, "a" and "a/b", that can be those of experiments.
absl::StatusOr<std::vector<std::string>> FoldersOf(const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> entries, ListFolder(root));
  std::vector<std::string> folders;
  for (const std::string& entry : entries) {
    const std::string path = absl::StrCat(root, "/", entry);
    if (!IsExperimentName(entry) || !IsFolder(path)) continue;
    folders.push_back(entry);
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> inner, ListFolder(path));
    for (const std::string& name : inner) {
      if (!IsExperimentName(name) || !IsFolder(absl::StrCat(path, "/", name))) continue;
      folders.push_back(absl::StrCat(entry, "/", name));
    }
  }
  return folders;
}

// Ascending versions in an experiment's folder.
absl::StatusOr<std::vector<int64_t>> VersionsIn(const std::string& folder) {
  std::vector<int64_t> versions;
  if (!IsFolder(folder)) return versions;
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, ListFolder(folder));
  for (const std::string& file : files) {
    if (const std::optional<int64_t> version = VersionOf(file)) versions.push_back(*version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

bool HoldsVersion(const std::string& folder) {
  const auto versions = VersionsIn(folder);
  return versions.ok() && !versions->empty();
}

// Of the folder `below` of `root`, "NAME" or "GROUP/NAME": the experiment whose folder it is.
std::optional<std::string> ExperimentIn(const std::string& root, const fs::path& below) {
  const std::string name = below.filename().string();
  if (!IsExperimentName(name)) return std::nullopt;
  if (ExperimentFolder(root, name) != absl::StrCat(root, "/", below.string())) return std::nullopt;
  return name;
}

// The experiment whose folder `path` is, written in whatever way but with "..".
std::optional<std::string> ExperimentAt(const std::string& root, const std::string& path) {
  for (const fs::path& part : fs::path(path)) {
    if (part == "..") return std::nullopt;
  }
  const std::optional<fs::path> below = IsFolder(path) ? Below(root, path) : std::nullopt;
  if (!below) return std::nullopt;
  return ExperimentIn(root, *below);
}

// "GROUP/NAME" and "GROUP/NAME@N" without the group, where an experiment's folder is there.
std::string_view WithoutGroup(const std::string& root, std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) return name;
  const std::string_view folder = name.substr(0, name.find('@'));
  return ExperimentIn(root, fs::path(folder)) ? name.substr(slash + 1) : name;
}

absl::StatusOr<Location> LocateVersion(const std::string& root, const ArtifactRef& ref) {
  Location location;
  BENCH_ASSIGN_OR_RETURN(location.committed, Resolve(root, ref));
  location.path = VersionPath(root, location.committed->experiment, *location.committed->version);
  return location;
}

absl::StatusOr<Location> LocateFile(const std::string& root, const std::string& path) {
  Location own;
  own.path = path;
  const std::optional<fs::path> below = Below(root, path);
  if (!below) {
    if (!Exists(path)) return UsageError(absl::StrCat(Printable(path), ": no such file"));
    return own;
  }
  const std::optional<std::string> name = ExperimentIn(root, below->parent_path());
  const std::optional<int64_t> version = VersionOf(below->filename().string());
  if (!name || !version) {
    return UsageError(absl::StrCat(Printable(path), ": definitions in ", root,
                                   " are NAME/vN.toml; ",
                                   "put a file of your own outside that folder"));
  }
  return LocateVersion(root, {*name, version});
}

}  // namespace

std::string ExperimentFolder(const std::string& root, const std::string& name) {
  std::string folder = absl::StrCat(root, "/", name);
  if (!IsExperimentName(name) || HoldsVersion(folder)) return folder;
  const auto folders = FoldersOf(root);
  if (!folders.ok()) return folder;
  for (const std::string& below : *folders) {
    const std::string path = absl::StrCat(root, "/", below);
    if (fs::path(below).filename() == name && HoldsVersion(path)) return path;
  }
  return folder;
}

std::string VersionPath(const std::string& root, const std::string& name, int64_t version) {
  return absl::StrCat(ExperimentFolder(root, name), "/v", version, std::string(kExtension));
}

absl::StatusOr<std::vector<int64_t>> Versions(const std::string& root, const std::string& name) {
  if (!IsExperimentName(name)) return std::vector<int64_t>();
  return VersionsIn(ExperimentFolder(root, name));
}

absl::StatusOr<std::vector<std::string>> ExperimentNames(const std::string& root) {
  if (!IsFolder(root)) {
    return UsageError(
        absl::StrCat("there is no folder ", Printable(root),
                     " here: run from the top of the source tree, or give --experiments DIR"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> folders, FoldersOf(root));
  std::vector<std::string> names;
  for (const std::string& below : folders) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> versions,
                           VersionsIn(absl::StrCat(root, "/", below)));
    if (!versions.empty()) names.push_back(fs::path(below).filename().string());
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return names;
  return UsageError(absl::StrCat("two experiments in ", Printable(root), " are called ",
                                 Quoted(*twice), ": rename one"));
}

absl::StatusOr<ArtifactRef> Resolve(const std::string& root, const ArtifactRef& ref) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> versions, Versions(root, ref.experiment));
  if (versions.empty()) return UnknownExperiment(root, ref.experiment);
  const int64_t version = ref.version.value_or(versions.back());
  if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
    return UsageError(absl::StrCat(ref.experiment, " has no version ", version, " in ", root,
                                   "; it has ", absl::StrJoin(versions, ", ")));
  }
  return ArtifactRef{ref.experiment, version};
}

absl::StatusOr<Location> Locate(const std::string& root, std::string_view spec) {
  if (EndsWith(spec, kExtension)) return LocateFile(root, std::string(spec));
  const std::string path = WithoutSpareSlashes(spec);
  std::string_view name = path;
  DropPrefix(name, "./");
  if (!DropPrefix(name, WithoutSpareSlashes(root) + "/")) DropPrefix(name, kFolderName);
  name = WithoutGroup(root, name);
  const absl::StatusOr<ArtifactRef> ref = ParseArtifactRef(name);
  if (ref.ok()) return LocateVersion(root, *ref);
  if (const auto folder = ExperimentAt(root, path)) return LocateVersion(root, {*folder, {}});
  if (path.find('/') == std::string::npos || !Exists(path)) return ref.status();
  return UsageError(absl::StrCat(
      Quoted(path), " names no experiment: ",
      IsFolder(path) ? absl::StrCat("it is no folder of one in ", Printable(root))
                     : std::string("the name of a definition of your own ends in .toml")));
}

}  // namespace bench::harness
