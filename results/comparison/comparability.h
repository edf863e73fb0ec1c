// Whether two arms may be compared at all: step one of a comparison.
//
// All runs of both arms must have the same definition, stage, inputs, machine class, device, number
// of threads and of processes, and determinism, and must be complete; only a head may have
// diverged, since that is a finding. At least one replicate number, and so one set of seeds, must
// be in both arms. Of sweeps, the children must have equal recipes too, and be made by the program
// of their sweep where the arms' programs differ.
//
// Arms that were asked to be of different experiments may even be of different stages (one of ours
// and a program of others): they are not comparable, but what both measure can stand side by side
// (side_by_side.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

// What arms were told to differ in. It is noted; any other difference forbids comparing.
struct AskedDifferences {
  std::set<std::string> keys;     // of the definition, "training.precision"
  bool whole_definition = false;  // the arms name different experiments
  bool ranks = false;             // number of processes, and of threads with it
  bool device = false;
  // Variables of the environment: some choose the instruction set that libraries use, which is a
  // part of the machine class.
  bool environment = false;
  std::vector<std::string> others;  // in words, of what no record shows

  bool none() const {
    return keys.empty() && !whole_definition && !ranks && !device && !environment && others.empty();
  }
};

struct Comparability {
  std::vector<std::string> reasons;  // why not; none: they may
  std::vector<std::string> notes;    // what does not forbid it, and should be known
  // That the stages differ, as was asked for, is the only reason.
  bool side_by_side = false;
};

Comparability CheckComparable(const Group& base, const Group& head,
                              const AskedDifferences& asked = {});

}  // namespace bench::results
