// The memory of a run, as its summary has it: what this process held, unless its stage measured the
// memory of a program that it ran.
#pragma once

#include <vector>

#include "harness/context/device.h"
#include "results/metric.h"

namespace bench::harness {

// peak_memory, and on a GPU peak_device_memory, of this process; none where `measured`, the stage's
// own summary, has peak_memory.
std::vector<results::MetricValue> MemoryOf(const std::vector<results::MetricValue>& measured,
                                           DeviceKind device);

}  // namespace bench::harness
