#include "harness/run/run_folder.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
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
  folder.complete = record.status == results::RunStatus::kComplete &&
                    Exists(absl::StrCat(absolute, "/", std::string(results::kResultsName)));
  folder.begun = std::move(record.header);
  return folder;
}

}  // namespace bench::harness
