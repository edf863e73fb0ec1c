// The names of the results file's groups, attributes and scales, shared by its writer and reader;
// FORMAT.md specifies them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "results/record.h"

namespace bench::results::layout {

inline constexpr std::string_view kFormat = "bench-results";
// Longer texts are datasets: HDF5 attributes are limited to 64 KiB.
inline constexpr size_t kMaxAttributeText = 60'000;

// Axes: the dimension scales of series and ranges.
struct Axis {
  const char* scale;  // the dimension scale's name
  const char* units;
  const char* description;
  bool deterministic;
};
inline constexpr Axis kStep = {"step", "1", "Optimizer steps done", true};
inline constexpr Axis kTokens = {"tokens", "tokens", "Tokens seen in training so far", true};
inline constexpr Axis kWallTime = {"wall_time_s", "s", "Time since the run began", false};

// The datasets of a range.
inline constexpr Axis kCount = {"count", "1", "Times that the range ran in the step", true};
inline constexpr Axis kHostTime = {"host_s", "s", "Host time of the range in the step", false};
inline constexpr Axis kDeviceTime = {"device_s", "s", "Device time of the range in the step",
                                     false};

MetricInfo InfoOf(const Axis& axis);

// Where the file ends according to its superblock (version 2 or 3 with 8-byte offsets, as written
// here; HDF5 file format specification, II.A), nullopt for another one.
std::optional<uint64_t> EndOfFile(std::string_view bytes);

// Whether its superblock (version 3) is marked as open for writing: the mark is taken off at
// closing.
bool IsMarkedAsOpenForWriting(std::string_view bytes);

// A link name that holds any text: "%" and "/" (and a name of "." or nothing) are written as %XX.
std::string LinkName(std::string_view name);
std::string FromLinkName(std::string_view link);
// Link name of a series: the metric's name, then ":label" if there is one.
std::string MetricLinkName(const MetricInfo& metric);

}  // namespace bench::results::layout
