#include "harness/run/run_folder.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/json.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/results_recovery.h"
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

// "training.steps is 4 there and 8 here", for the first keys that differ.
std::string Differences(const std::string& there, const std::string& here) {
  constexpr size_t kShown = 3;
  const nlohmann::json before = ParseJson(there).value_or(nlohmann::json());
  const nlohmann::json now = ParseJson(here).value_or(nlohmann::json());
  const auto value = [](const nlohmann::json& json, const std::string& pointer) -> std::string {
    const nlohmann::json::json_pointer at(pointer);
    return json.contains(at) ? json.at(at).dump() : "the default";
  };
  std::vector<std::string> lines;
  const nlohmann::json changes = nlohmann::json::diff(before, now);
  for (const nlohmann::json& change : changes) {
    const auto pointer = change.at("path").get<std::string>();
    if (pointer.empty()) continue;  // one of the two is no JSON
    lines.push_back(absl::StrCat(absl::StrReplaceAll(pointer.substr(1), {{"/", "."}}), " is ",
                                 value(before, pointer), " there and ", value(now, pointer),
                                 " here"));
  }
  if (lines.size() > kShown) {
    const size_t more = lines.size() - kShown;
    lines.resize(kShown);
    lines.push_back(absl::StrCat(more, " more"));
  }
  return absl::StrJoin(lines, ", ");
}

absl::Status CheckSameRun(const results::RunHeader& header, const std::string& path,
                          const LoadedDefinition& loaded, int64_t replicate) {
  if (header.definition_sha256 != loaded.sha256) {
    return UsageError(
        absl::StrCat(path, " holds a run of another definition (", header.experiment, ", hash ",
                     header.definition_sha256.substr(0, 12), ", not ", loaded.sha256.substr(0, 12),
                     "): ", Differences(header.definition_json, loaded.canonical_json),
                     "; give another folder, or that definition"));
  }
  if (header.replicate != replicate) {
    return UsageError(absl::StrCat(path, " holds replicate ", header.replicate, ", not ", replicate,
                                   ": give another folder"));
  }
  return absl::OkStatus();
}

std::string ResultsPath(const std::string& folder) {
  return absl::StrCat(folder, "/", internal::View(results::kResultsName));
}

// A run can die, or find the disk full, between the end of its journal and the publication of its
// results: then the file is absent, or that of an earlier attempt.
absl::StatusOr<std::string> PublishIfStale(const results::RunRecord& record,
                                           const std::string& folder) {
  // What ended a run may have damaged the file, and a damaged one can end its reader: not this one.
  const auto published = results::ReadResultsIsolated(ResultsPath(folder));
  if (published.ok() && *published == record) return std::string();
  BENCH_ASSIGN_OR_RETURN(const results::Recovery recovery, results::RecoverResults(folder));
  return recovery.note;
}

// The whole results file of a complete run, if there is one.
std::optional<results::RunRecord> CompleteResults(const std::string& folder) {
  if (!Exists(ResultsPath(folder))) return std::nullopt;
  auto published = results::ReadResultsIsolated(ResultsPath(folder));
  if (!published.ok() || published->status != results::RunStatus::kComplete) return std::nullopt;
  return *std::move(published);
}

int64_t LastStep(const results::RunRecord& record) {
  int64_t last = 0;
  for (const auto& [path, series] : record.steps) {
    if (!series.step.empty()) last = std::max(last, series.step.back());
  }
  return last;
}

// A run that is complete by its journal, or by its results where the journal is damaged.
absl::Status OpenBegun(const LoadedDefinition& loaded, int64_t replicate, RunFolder& folder) {
  absl::StatusOr<results::RunRecord> record = results::RecoverJournal(folder.path);
  const bool journal_complete = record.ok() && record->status == results::RunStatus::kComplete;
  if (!journal_complete) {
    if (auto published = CompleteResults(folder.path)) {
      folder.note = absl::StrCat(
          "the journal of this run is damaged or gone; its results file is whole and complete, and "
          "is left as it is: ",
          record.ok() ? absl::StrCat(record->torn_bytes, " bytes cannot be read")
                      : record.status().message());
      record = *std::move(published);
    }
  }
  BENCH_RETURN_IF_ERROR(record.status());
  BENCH_RETURN_IF_ERROR(CheckSameRun(record->header, folder.path, loaded, replicate));
  folder.complete = record->status == results::RunStatus::kComplete;
  if (journal_complete) {
    BENCH_ASSIGN_OR_RETURN(folder.note, PublishIfStale(*record, folder.path));
  }
  folder.last_step = LastStep(*record);
  folder.begun = record->header;
  if (folder.complete) folder.record = *std::move(record);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunFolder> OpenRunFolder(const std::string& path, StartMode start,
                                        const LoadedDefinition& loaded, int64_t replicate) {
  const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  BENCH_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(absolute));
  RunFolder folder{absolute, std::move(lock)};
  const bool begun = Exists(results::JournalPath(absolute)) || CompleteResults(absolute);
  // Without a journal: killed before its first flush, or never started.
  if (start == StartMode::kFresh || !begun) {
    BENCH_RETURN_IF_ERROR(CheckEmpty(absolute));
    return folder;
  }
  BENCH_RETURN_IF_ERROR(OpenBegun(loaded, replicate, folder));
  return folder;
}

absl::Status CheckSameInputs(const RunFolder& folder, const InputDigests& now) {
  if (!folder.begun) return absl::OkStatus();
  std::vector<std::string> changed;
  for (const auto& [role, digest] : now) {
    const auto before = folder.begun->inputs.find(role);
    if (before != folder.begun->inputs.end() && before->second == digest) continue;
    changed.push_back(absl::StrCat(
        role, " is ", digest.substr(0, 12), " and was ",
        before == folder.begun->inputs.end() ? "absent" : before->second.substr(0, 12)));
  }
  if (changed.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat(folder.path, " holds a run of other inputs (SHA-256 of ",
                                 absl::StrJoin(changed, ", of "),
                                 "): give another folder, or the inputs it began with"));
}

absl::Status CheckReaches(const RunFolder& folder, int64_t step) {
  if (folder.last_step >= step) return absl::OkStatus();
  return DataError(absl::StrCat(
      results::JournalPath(folder.path), " is damaged: it ends at step ", folder.last_step,
      ", the checkpoint is of step ", step,
      "; what was recorded in between is lost, so this run cannot be continued: start another"));
}

}  // namespace bench::harness
