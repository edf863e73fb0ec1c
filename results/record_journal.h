// Between a journal's bytes and a record. JournalFromRecord is the inverse, by which a record
// travels from one process to another (isolated_reader.h). Errors: DataError naming the frame.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "results/record.h"
#include "results/record_builder.h"

namespace bench::results {

struct ReadJournal {
  RecordBuilder builder;  // with every valid frame applied
  int64_t valid_bytes = 0;
  int64_t torn_bytes = 0;
};
// Reads a journal's bytes. A torn tail is counted; no valid frame at all is an error.
absl::StatusOr<ReadJournal> FoldJournal(std::string_view bytes);

// The record of FoldJournal, with the torn tail counted in it.
absl::StatusOr<RunRecord> RecordFromJournal(std::string_view bytes);

// A journal that RecordFromJournal turns into an equal record.
absl::StatusOr<std::string> JournalFromRecord(const RunRecord& record);

}  // namespace bench::results
