// Which phase of a step got slower or faster, and by how much of the step's change.
//
// A run's time of a range is its median over the steps in which it ran, an arm's the median over
// its runs; resumed runs are left out. Ranges may lie within each other (FORMAT.md), so shares need
// not add up to one.
//
// Processes of one program differ by more than most changes, because each is placed in memory
// anew: a step of a small model spreads by 14%, and 5% of it take hundreds of replicates to see.
// Where the change lies in one range, the spread of that range alone is what it must stand out
// from, which is a small part of the step's. So every range that runs in every step is tested for
// itself, and its change is measured against the margin of the whole step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/comparison/group.h"

namespace bench::results {

struct RangeChange {
  std::string name;
  double base_s = 0;
  double head_s = 0;
  // Of the change of the step's time, where there is one; of ranges that run in every step.
  std::optional<double> share;
  // Of ranges that run in every step of both arms: the Hodges-Lehmann shift and Mann-Whitney's
  // p-value over the runs. Of those of one arm, which have no test, the change alone.
  double shift_s = 0;
  double p_value = 1;
  // The shift is larger than the margin, and the p-value reaches the ranges' alpha.
  bool counts = false;
  // The other arm has no such range, which took nothing there.
  bool only_in_base = false;
  bool only_in_head = false;
};

// What a range's change must exceed: a margin in seconds of a step, and an error shared by all
// ranges that are tested (Bonferroni).
struct RangeRule {
  double margin_s = 0;
  double alpha = 0;
};

// Of ranges of either arm: first those whose change counts, then what changed the run most, which
// is a range's change times the steps in which it ran. Without a rule nothing counts. None where an
// arm recorded none.
std::vector<RangeChange> CompareRanges(const Group& base, const Group& head,
                                       const std::optional<RangeRule>& rule = std::nullopt);

// The range that got slower most, if by more than the margin beyond what all ranges that got faster
// gave back, and those that are gone beyond what new ones take: work that moved from one range to
// another is no loss. Absent: none did.
std::optional<RangeChange> SlowerRange(const std::vector<RangeChange>& ranges, double margin_s);

}  // namespace bench::results
