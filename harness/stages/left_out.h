// Records of a user's file that a stage does not use: shown, and kept in the results as the table
// "left_out" (FORMAT.md), whose counts sum up to the metric dropped_examples.
#pragma once

#include "absl/status/status.h"
#include "harness/context/run_context.h"
#include "harness/data/skipped_records.h"

namespace bench::harness {

struct LeftOutRecords {
  SkippedRecords invalid;  // that the definition allows to skip
  SkippedRecords dropped;  // valid, but of no use: too long, say

  int64_t count() const { return invalid.count() + dropped.count(); }
};

absl::Status RecordLeftOut(const LeftOutRecords& left_out, RunContext& context);

// The table's rows of one kind, and a line each for a person.
absl::Status RecordSkipped(const char* kind, const SkippedRecords& skipped, RunContext& context);

}  // namespace bench::harness
