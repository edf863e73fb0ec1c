#include "results/hdf5_file.h"
#include "results/hdf5_record_parts.h"

namespace bench::results {
namespace {

absl::Status ReadSummary(const Hdf5Id& file, RunRecord* record) {
  BENCH_RETURN_IF_ERROR(ReadRoot(file, record));
  BENCH_ASSIGN_OR_RETURN(const Hdf5Id provenance, OpenGroup(file, "provenance"));
  BENCH_RETURN_IF_ERROR(ReadAttemptProvenance(provenance, &record->header.provenance));
  return ReadSummaryGroup(file, record);
}

}  // namespace

absl::StatusOr<RunRecord> ReadResultsSummary(const std::string& path) {
  return ReadFileWith(path, ReadSummary);
}

}  // namespace bench::results
