#include "results/results_recovery.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/isolated_reader.h"
#include "results/run_writer.h"

namespace bench::results {
namespace {

int64_t LastStep(const RunRecord& record) {
  int64_t last = 0;
  for (const auto* group : {&record.steps, &record.evals}) {
    for (const auto& [path, series] : *group) {
      if (!series.step.empty()) last = std::max(last, series.step.back());
    }
  }
  return last;
}

template <typename Map, typename Size>
int64_t Sum(const Map& map, Size size) {
  int64_t sum = 0;
  for (const auto& [key, value] : map) sum += static_cast<int64_t>(size(value));
  return sum;
}

// Everything that was recorded, each row, value and note once.
int64_t NumRecorded(const RunRecord& record) {
  const auto values = [](const auto& series) { return series.value.size(); };
  const auto steps = [](const auto& series) { return series.step.size(); };
  return Sum(record.steps, values) + Sum(record.evals, values) + Sum(record.ranges, steps) +
         Sum(record.samples, values) + Sum(record.digests, steps) +
         Sum(record.tables, [](const Table& table) { return table.rows.size(); }) +
         Sum(record.ranks, [](const auto& metrics) { return metrics.size(); }) +
         std::ssize(record.summary) + std::ssize(record.notes);
}

std::string Describe(const RunRecord& record) {
  return absl::StrCat(std::string(Name(record.status)), ", step ", LastStep(record), ", attempt ",
                      record.attempts);
}

absl::Status KeepsTheFile(const RunRecord& journal, const RunRecord& published,
                          const std::string& path) {
  const std::string message =
      absl::StrCat(path, " is whole and has more (", Describe(published),
                   ") than the journal beside it (", Describe(journal), "): it is left as it is");
  if (journal.torn_bytes == published.torn_bytes) {
    return EnvironmentError(
        absl::StrCat(message, "; continue the run with --resume, or move the file away first"));
  }
  return DataError(absl::StrCat(message, "; the journal is damaged, its last ", journal.torn_bytes,
                                " bytes cannot be read"));
}

// The unreadable file stays, under a name that no reader takes for results.
absl::StatusOr<std::string> SetAside(const std::string& path) {
  std::string aside = path + ".damaged";
  for (int n = 2; Exists(aside); ++n) aside = absl::StrCat(path, ".damaged.", n);
  BENCH_RETURN_IF_ERROR(PublishExisting(path, aside));
  return aside;
}

// Makes way for `journal` where `path` holds something; the note on what became of it.
absl::StatusOr<std::string> MakeWay(const RunRecord& journal, const std::string& path,
                                    const absl::StatusOr<RunRecord>& published) {
  if (published.ok()) {
    if (Supersedes(journal, *published)) return std::string();
    return KeepsTheFile(journal, *published, path);
  }
  if (ExitCodeFor(published.status()) != ExitCode::kBadData) return published.status();
  std::error_code error;
  if (journal.status == RunStatus::kComplete || !std::filesystem::is_regular_file(path, error)) {
    return absl::StrCat("what was there could not be read: ", published.status().message());
  }
  BENCH_ASSIGN_OR_RETURN(const std::string aside, SetAside(path));
  return absl::StrCat("what was there could not be read and is now ", aside);
}

absl::Status NoJournal(const absl::Status& journal, const absl::StatusOr<RunRecord>& published,
                       const std::string& path) {
  if (!published.ok()) return journal;
  return absl::Status(journal.code(), absl::StrCat(journal.message(), "; ", path, " is whole (",
                                                   Describe(*published), ") and is left as it is"));
}

}  // namespace

bool Supersedes(const RunRecord& journal, const RunRecord& published) {
  const bool was_complete = published.status == RunStatus::kComplete;
  if (was_complete && journal.status != RunStatus::kComplete) return false;
  if (journal.attempts != published.attempts) {
    return journal.attempts > published.attempts && LastStep(journal) >= LastStep(published);
  }
  // The end is the last that is recorded: without it the journal has lost something.
  const bool has_ended = published.status != RunStatus::kInterrupted;
  if (has_ended && journal.status == RunStatus::kInterrupted) return false;
  return NumRecorded(journal) >= NumRecorded(published);
}

absl::StatusOr<Recovery> RecoverResults(const std::string& folder) {
  const absl::StatusOr<RunRecord> journal = RecoverJournal(folder);
  Recovery recovery{absl::StrCat(folder, "/", std::string(kResultsName)), ""};
  std::error_code error;
  const auto type = std::filesystem::symlink_status(recovery.path, error).type();
  if (type != std::filesystem::file_type::not_found) {
    const absl::StatusOr<RunRecord> published = ReadResultsIsolated(recovery.path);
    if (!journal.ok()) return NoJournal(journal.status(), published, recovery.path);
    if (published.ok() && *published == *journal) return recovery;
    BENCH_ASSIGN_OR_RETURN(recovery.note, MakeWay(*journal, recovery.path, published));
  }
  BENCH_RETURN_IF_ERROR(journal.status());
  BENCH_RETURN_IF_ERROR(WriteResults(*journal, recovery.path));
  return recovery;
}

}  // namespace bench::results
