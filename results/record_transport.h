// A record as bytes, from one process to another of the same program (isolated_reader.h).
//
// Columns of series, ranges and samples travel as they are in memory, and what series share once;
// the rest as frames of the journal. Nothing but the two ends reads it: no version, no portability.
// Bytes that a damaged process wrote give a DataError, never a record whose columns disagree.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

// Takes the record apart.
absl::StatusOr<std::string> EncodeRecord(RunRecord record);

// A record that is complete and has a value that is not finite is diverged, as one that was folded
// from a journal.
absl::StatusOr<RunRecord> DecodeRecord(std::string_view bytes);

}  // namespace bench::results
