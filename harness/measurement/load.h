// How busy the machine is at a moment: what else was there when a run began.
//
// As provenance, by name: load_1min, load_5min, load_15min (mean number of tasks that run or wait,
// this process included) and load_runnable (at this moment) of /proc/loadavg; where the kernel has
// pressure stall information, cpu_pressure, memory_pressure and io_pressure: the share of the last
// ten seconds, 0 to 1, in which some task waited for it. What cannot be read is absent. Errors:
// none. Source: proc(5), the kernel's Documentation/accounting/psi.rst.
#pragma once

#include <map>
#include <string>

#include "results/record.h"

namespace bench::harness {

std::map<std::string, results::Attribute> ReadLoad(const std::string& proc = "/proc");

}  // namespace bench::harness
