// The SQLite export of Nsight Systems, read into the tables of a run's results.
//
// Of the ranges in NVTX domain "bench": those of the run, layers and operators; and of programs
// that the run has started, all of theirs, of whatever domain, in no range of ours (kRangesTable).
// The calls of the operating system's libraries by the thread that drives the run (kOsCallsTable;
// other threads mostly wait); kernels and copies on GPUs, in the range that launched them
// (kKernelsTable, where CUDA was traced). Tables of the export that are used: NVTX_EVENTS,
// OSRT_API, CUPTI_ACTIVITY_KIND_{KERNEL,MEMCPY,MEMSET,RUNTIME}, StringIds; their schema is that of
// nsys 2022.4, in which a table without rows is absent. Errors: DataError for another schema, and
// for an export without ranges of ours.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/profiling/profile_rows.h"

namespace bench::harness {

absl::StatusOr<ProfileTables> ReadNsysDatabase(const std::string& path);

}  // namespace bench::harness
