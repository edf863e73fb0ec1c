#include "harness/run/run_folder.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

constexpr char kLockName[] = ".lock";

absl::Status CheckEmpty(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  for (const std::string& name : names) {
    // What a publication that was killed left behind (base/file.h) is nobody's.
    if (name == kLockName || absl::StrContains(name, ".tmp.")) continue;
    return EnvironmentError(absl::StrCat(path, " is occupied (it holds ", name,
                                         "): give another folder, or --resume to continue"));
  }
  return absl::OkStatus();
}

absl::Status CheckSameRun(const results::RunHeader& header, const std::string& path,
                          const std::string& definition_sha256, int64_t replicate) {
  if (header.definition_sha256 != definition_sha256) {
    return UsageError(absl::StrCat(path, " holds a run of another definition (", header.experiment,
                                   ", hash ", header.definition_sha256.substr(0, 12), ", not ",
                                   definition_sha256.substr(0, 12), "): give another folder"));
  }
  if (header.replicate != replicate) {
    return UsageError(absl::StrCat(path, " holds replicate ", header.replicate, ", not ", replicate,
                                   ": give another folder"));
  }
  return absl::OkStatus();
}

// A run can die, or find the disk full, between the end of its journal and the publication of its
// results: then the file is absent, or that of an earlier attempt.
absl::Status PublishIfStale(const results::RunRecord& record, const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", internal::View(results::kResultsName));
  // What ended a run may have damaged the file, and a damaged one can end its reader: not this one.
  const auto published = results::ReadResultsIsolated(path);
  if (published.ok() && *published == record) return absl::OkStatus();
  return results::RecoverResults(folder).status();
}

}  // namespace

absl::StatusOr<RunFolder> OpenRunFolder(const std::string& path, StartMode start,
                                        const std::string& definition_sha256, int64_t replicate) {
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  BENCH_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(absolute));
  RunFolder folder{absolute, std::move(lock)};
  if (start == StartMode::kFresh) {
    BENCH_RETURN_IF_ERROR(CheckEmpty(absolute));
    return folder;
  }
  if (!Exists(results::JournalPath(absolute))) {
    // Killed before its first flush, or never started.
    BENCH_RETURN_IF_ERROR(CheckEmpty(absolute));
    return folder;
  }
  BENCH_ASSIGN_OR_RETURN(results::RunRecord record, results::RecoverJournal(absolute));
  BENCH_RETURN_IF_ERROR(CheckSameRun(record.header, absolute, definition_sha256, replicate));
  folder.complete = record.status == results::RunStatus::kComplete;
  if (folder.complete) BENCH_RETURN_IF_ERROR(PublishIfStale(record, absolute));
  folder.begun = std::move(record.header);
  return folder;
}

}  // namespace bench::harness
