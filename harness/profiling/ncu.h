// Nsight Compute around a run: the kernels of the profiled steps, each replayed for its counters.
//
// Needs a GPU. Only kernels within the range of the capture are replayed, which takes many times
// their time. Leaves `<folder>/profile.ncu-rep`, for ncu-ui, and kKernelsTable with the time of
// each kernel and range "": which range launched it, Nsight Systems and Kineto say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/profiling/profile_rows.h"

namespace bench::harness {

inline constexpr char kNcuReportName[] = "profile.ncu-rep";

// What goes before the command line of the run in `folder`; `program` is ncu.
std::vector<std::string> NcuCommand(const std::string& program, const std::string& folder);

// After the run: reads the report. EnvironmentError where ncu left none.
absl::StatusOr<ProfileTables> FinishNcu(const std::string& program, const std::string& folder);

// The kernels in what `ncu --import --page raw --csv` prints: a line of names, one of units, then a
// line a kernel. DataError where the columns of names and durations are missing, or the duration is
// in other units than nanoseconds.
absl::StatusOr<CallTable> ReadNcuCsv(std::string_view csv);

}  // namespace bench::harness
