#include "trials/history_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::trials {
namespace {

namespace fs = std::filesystem;

absl::Status CannotRead(const std::string& folder, const std::error_code& error) {
  return EnvironmentError(absl::StrCat("cannot read ", folder, ": ", error.message()));
}

// Adds each *.h5 in and below the folder.
absl::Status AddFiles(const std::string& folder, std::vector<std::string>* files) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (entry->path().extension() == ".h5" && entry->is_regular_file(gone)) {
      files->push_back(entry->path().string());
    }
  }
  return error ? CannotRead(folder, error) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FilesInStore(const std::string& store,
                                                      const results::WantedExperiment& wanted) {
  const std::string runs = store + "/runs";
  std::vector<std::string> files;
  if (!Exists(runs)) return files;
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(runs));
  for (const std::string& name : names) {
    if (!wanted.HasFolder(name)) continue;
    BENCH_RETURN_IF_ERROR(AddFiles(absl::StrCat(runs, "/", name), &files));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      found.push_back(path);
    } else {
      BENCH_RETURN_IF_ERROR(AddFiles(path, &found));
    }
  }
  std::sort(found.begin(), found.end());
  std::set<std::string> seen;
  std::vector<std::string> files;
  for (const std::string& file : found) {
    std::error_code error;
    if (seen.insert(fs::weakly_canonical(file, error).string()).second) files.push_back(file);
  }
  return files;
}

}  // namespace bench::trials
