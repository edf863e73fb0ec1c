#include "results/amendment.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_file.h"
#include "results/journal.h"
#include "results/journal_codec.h"
#include "results/record_journal.h"
#include "results/run_writer.h"

namespace bench::results {
namespace {

// The rows as the events of `attempt` that record them.
std::vector<Event> EventsOf(const std::map<std::string, Table>& tables, int64_t attempt) {
  std::vector<Event> events;
  for (const auto& [name, table] : tables) {
    for (const std::vector<Cell>& cells : table.rows) {
      TableEvent event{name, std::nullopt, {}};
      for (size_t c = 0; c < cells.size(); ++c) {
        event.row.emplace_back(table.columns[c], cells[c]);
      }
      events.push_back({attempt, std::move(event)});
    }
  }
  return events;
}

absl::StatusOr<ReadJournal> FoldWhole(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  absl::StatusOr<ReadJournal> read = FoldJournal(bytes);
  if (!read.ok()) return Annotate(read.status(), path);
  if (read->torn_bytes == 0) return read;
  return DataError(absl::StrCat(path, " is damaged behind byte ", read->valid_bytes,
                                ": nothing is added to it"));
}

}  // namespace

absl::Status AddTables(const std::string& folder, const std::map<std::string, Table>& tables) {
  const std::string path = JournalPath(folder);
  BENCH_ASSIGN_OR_RETURN(ReadJournal read, FoldWhole(path));
  BENCH_ASSIGN_OR_RETURN(const RunRecord before, read.builder.Build());
  const std::vector<Event> events = EventsOf(tables, before.attempts);
  for (const auto& [name, table] : tables) {
    if (before.tables.contains(name) && !before.resumed()) {
      return UsageError(absl::StrCat(folder, " has a table ", name, " already"));
    }
  }
  // Before anything is written: what cannot be folded must not be in the journal.
  for (const Event& event : events) {
    const absl::Status applied = read.builder.Apply(event);
    if (!applied.ok()) return UsageError(std::string(applied.message()));
  }
  BENCH_ASSIGN_OR_RETURN(const RunRecord record, read.builder.Build());
  BENCH_ASSIGN_OR_RETURN(JournalFile journal, JournalFile::Continue(folder, read.valid_bytes));
  for (const Event& event : events) BENCH_RETURN_IF_ERROR(journal.Add(EncodeEvent(event)));
  BENCH_RETURN_IF_ERROR(journal.Flush());
  return WriteResults(record, absl::StrCat(folder, "/", internal::View(kResultsName)));
}

}  // namespace bench::results
