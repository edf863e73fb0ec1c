// Which operator, kernel, function or system call of which range got slower, where both arms have
// profiled runs (results/profile_tables.h).
//
// A profiler slows what it looks at, so these times say where a change lies and are never judged.
// An arm's time is the median over its profiled runs of the time that is an entry's own, without
// what it called, divided by the steps that were profiled. What an arm has no row of took 0 there.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

struct ProfileChange {
  std::string what;   // "operator", "kernel", "symbol", "call"
  std::string range;  // "" of none
  std::string name;
  double base_s = 0;  // a step; of a stage that trains none, altogether
  double head_s = 0;
  double base_count = 0;  // calls, or samples
  double head_count = 0;
};

// Of every table that profiled runs of both arms have by the same profiler; the largest change of
// time first.
std::vector<ProfileChange> CompareProfiles(const Group& base, const Group& head);

}  // namespace bench::results
