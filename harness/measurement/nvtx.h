// Push and pop of ranges in NVTX domain "bench", with strings registered once a process.
// nvtx.cc calls NVTX (free when no tool is attached); no_nvtx.cc, built in its place where the
// headers are absent, does nothing. For ranges.cc, and for profiling/ what only profilers see.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/measurement/ranges.h"

namespace bench::harness {

// `number` is the range's payload, an int64.
void NvtxPush(RangeId id, std::optional<int64_t> number);
// A range of any name, such as an operator's. Names are registered at their first push, under a
// lock: for runs that are profiled only. Of any thread; a thread pops what it pushed.
void NvtxPushNamed(std::string_view name);
void NvtxPop();

}  // namespace bench::harness
