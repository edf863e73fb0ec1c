// A sweep taken apart for a comparison: each replicate of its arms is what a run is elsewhere.
//
// A results file of a sweep of n replicates becomes n records, with the numbers of the replicates;
// the summary of each has METRIC/ARM with the value of that replicate. What the process of the
// sweep itself measured (its time, its memory), its notes and its attempts say nothing about a
// replicate and are left out: times of children that are not usable are not in the sweep.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

// Runs of other stages stay as they are.
Group ByReplicate(const Group& group);

// Children that both arms have from the same run: one that a sweep found in the store, made before.
struct SharedChildren {
  int64_t num_shared = 0;
  int64_t num_in_head = 0;
  bool same_program = true;  // all sweeps were run by programs of one content
  // Of both arms, each once; and those made by another program than its sweep's. A child of which
  // the sweep did not record the program counts as its own.
  int64_t num_children = 0;
  int64_t num_of_other_programs = 0;
};
SharedChildren FindSharedChildren(const Group& base, const Group& head);

// Points of sweeps, METRIC/POINT's, whose children of one replicate number have other recipes in
// the two arms: other inputs, or other settings. In the order of their names.
std::vector<std::string> PointsOfOtherRecipes(const Group& base, const Group& head);

}  // namespace bench::results
