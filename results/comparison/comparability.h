// Whether two arms may be compared at all: step one of a comparison.
//
// All runs of both arms must have the same definition, stage, inputs, machine class, device, number
// of threads and of processes, and determinism, and must be complete; only a head may have
// diverged, since that is a finding. At least one replicate number, and so one set of seeds, must
// be in both arms.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

struct Comparability {
  std::vector<std::string> reasons;  // why not; none: they may
  std::vector<std::string> notes;    // what does not forbid it, and should be known
};

Comparability CheckComparable(const Group& base, const Group& head);

}  // namespace bench::results
