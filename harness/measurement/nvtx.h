// Push and pop of ranges in NVTX domain "bench", with strings registered once a process.
// nvtx.cc calls NVTX (free when no tool is attached); no_nvtx.cc, built in its place where the
// headers are absent, does nothing. For ranges.cc only.
#pragma once

#include "harness/measurement/ranges.h"

namespace bench::harness {

void NvtxPush(RangeId id);
void NvtxPop();

}  // namespace bench::harness
