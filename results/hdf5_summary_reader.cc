#include "results/hdf5_file.h"
#include "results/hdf5_input.h"
#include "results/hdf5_record_parts.h"
#include "results/notes.h"

namespace bench::results {
namespace {

// Those that say whether the run's times are usable.
absl::Status ReadDisturbanceNotes(const Hdf5Id& file, RunRecord* record) {
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id notes, OpenGroup(file, "notes"));
  for (const std::string_view note : {kThrottleNote, kDiskPageFaultsNote}) {
    const std::string name(note);
    if (!HasAttribute(notes, name)) continue;
    BENCH_ASSIGN_OR_RETURN(record->notes[name], ReadAttribute(notes, name));
  }
  return absl::OkStatus();
}

absl::Status ReadSummary(const Hdf5Id& file, RunRecord* record) {
  BENCH_RETURN_IF_ERROR(ReadRoot(file, record));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id provenance, OpenGroup(file, "provenance"));
  BENCH_RETURN_IF_ERROR(ReadAttemptProvenance(provenance, &record->header.provenance));
  if (record->resumed()) {
    BENCH_RETURN_IF_ERROR(ReadAttempts(file, record));
  }
  BENCH_RETURN_IF_ERROR(ReadDisturbanceNotes(file, record));
  return ReadSummaryGroup(file, record);
}

}  // namespace

absl::StatusOr<RunRecord> ReadResultsSummary(const std::string& path) {
  return ReadFileWith(path, ReadSummary);
}

}  // namespace bench::results
