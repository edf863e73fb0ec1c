// Whether the times of a run say anything about its program.
//
// Those of a resumed run are of its last attempt; a profiler slows what it looks at; while a
// processor or GPU is throttled, and while pages of program and data come from the disk (a cold
// cache), it is the machine that is measured. A run says so in its notes where the machine does.
#pragma once

#include <cstdint>
#include <string_view>

#include "results/comparison/group.h"

namespace bench::results {

// A warm process meets next to none; LibTorch read from the disk gives thousands.
inline constexpr int64_t kColdPageFaults = 100;

// Whether a profiler was attached to it.
bool IsProfiled(const RunRecord& run);

// "profiled", "resumed", "throttled", "cold"; "" where its times are usable.
std::string_view WhyTimesAreUnusable(const RunRecord& run);

bool HasUsableTimes(const RunRecord& run);

// Runs of the group that were throttled or cold.
int64_t NumDisturbed(const Group& group);
// So many more of the head than of the base are chance: what runs first is cold.
inline constexpr int64_t kMoreDisturbed = 1;

// Whether any run of the group has.
bool HasUsableTimes(const Group& group);

}  // namespace bench::results
