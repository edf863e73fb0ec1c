// The tables that profilers leave in a run's results (FORMAT.md, "Profiles"): a row for what was
// found within one range, under one name.
//
// Column `range` is the innermost range of the run (/ranges) that was open, "" for none. Times are
// seconds over all profiled steps together.
#pragma once

#include <array>
#include <string_view>

namespace bench::results {

struct ProfileTable {
  std::string_view name;
  std::string_view what;         // the column of what a row is of, and what a report calls it
  std::string_view time_column;  // the time that is its own: not of what it called
  std::string_view count_column;
};

inline constexpr std::string_view kRangeColumn = "range";
// Operators of LibTorch on the host, by Kineto.
inline constexpr ProfileTable kOperatorsTable = {"profile_operators", "operator", "self_s",
                                                 "count"};
// Kernels on the device, by Kineto, nsys or ncu, in the range that launched them.
inline constexpr ProfileTable kKernelsTable = {"profile_kernels", "kernel", "total_s", "count"};
// Functions that processors were sampled in, by perf.
inline constexpr ProfileTable kSymbolsTable = {"profile_symbols", "symbol", "self_s", "samples"};
// Calls of the operating system's libraries, by nsys.
inline constexpr ProfileTable kOsCallsTable = {"profile_os_calls", "call", "total_s", "count"};
// NVTX ranges as nsys saw them, by their names.
inline constexpr ProfileTable kRangesTable = {"profile_ranges", "name", "total_s", "count"};

// What a comparison shows.
inline constexpr std::array<ProfileTable, 4> kComparedProfileTables = {
    kOperatorsTable, kKernelsTable, kSymbolsTable, kOsCallsTable};

}  // namespace bench::results
