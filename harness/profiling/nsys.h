// Nsight Systems around a run: its command, and what is made of its report.
//
// Traces NVTX (ranges, layers, operators), calls of the operating system's libraries and CUDA, from
// the beginning of the first profiled step to the end of the last (--capture-range=nvtx). Leaves
// `<folder>/profile.nsys-rep`, for nsys-ui and `nsys stats`, and `<folder>/profile.sqlite`. Works
// without a GPU. Debian's nsight-systems cannot find its own importer: what it leaves
// (`profile.qdstrm`) is imported here.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/profiling/profile_rows.h"

namespace bench::harness {

inline constexpr char kNsysReportName[] = "profile.nsys-rep";
inline constexpr char kNsysDatabaseName[] = "profile.sqlite";
inline constexpr char kNsysUnimportedName[] = "profile.qdstrm";

// What goes before the command line of the run in `folder`; `program` is nsys.
std::vector<std::string> NsysCommand(const std::string& program, const std::string& folder);

// After the run: imports, exports and reads the report. EnvironmentError where nsys left none, or
// none that its programs can read.
absl::StatusOr<ProfileTables> FinishNsys(const std::string& program, const std::string& folder);

}  // namespace bench::harness
