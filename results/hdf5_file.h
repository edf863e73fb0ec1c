// The results file (HDF5; FORMAT.md) written from, and read into, a RunRecord.
//
// Writing: built under a temporary name in the same folder in HDF5's default mode, fsynced and
// renamed, then `<path>.sha256` (the format of sha256sum) is published; an error leaves an earlier
// file as it was. Chunks carry Fletcher32, object headers checksums; object times are not stored,
// so that equal records give equal bytes. Reading: `<path>.sha256` is checked where it exists,
// every type and size before it is used. Nevertheless the HDF5 library can crash on a crafted file:
// read files of foreign origin through isolated_reader.h. Errors: DataError naming the object for
// anything but a results file of a known version, EnvironmentError for I/O.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

// Raised when a reader of the former version would misread the file.
inline constexpr int64_t kFormatVersion = 1;

absl::Status WriteResults(const RunRecord& record, const std::string& path);
absl::StatusOr<RunRecord> ReadResults(const std::string& path);

// The root attributes, the summary, of the provenance what kAttemptProvenance names, and of a
// resumed run its attempts: what a history over many files needs, in a small part of the time. All
// else of the record is empty, and what is damaged there is not noticed but by the side record.
absl::StatusOr<RunRecord> ReadResultsSummary(const std::string& path);

}  // namespace bench::results
