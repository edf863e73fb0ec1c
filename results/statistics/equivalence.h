// What an interval of a difference or of a ratio says against a margin: sameness is a finding of
// its own, not the absence of a significant difference.
//
// The interval and the margin are on one scale: differences head - base in the metric's units (no
// change = 0), or ratios head / base (no change = 1). With a two-sided interval of level
// 1 - 2 alpha, `equivalent` is the two one-sided tests procedure at alpha, and `non_inferior`,
// `superior` and `inferior` are one-sided tests at alpha. The limits of the margin belong to it. An
// end that is NaN supports no statement.
// Sources: Schuirmann 1987; Piaggio et al., "Reporting of Noninferiority and Equivalence Randomized
// Trials", 2012.
#pragma once

#include "results/statistics/interval.h"

namespace bench::results {

// The changes that do not matter, and what no change is.
struct Margin {
  double low = 0;
  double high = 0;
  double no_change = 0;

  // Differences within [-width, width]; width >= 0.
  static Margin OfDifference(double width);
  // Ratios within [1 / (1 + share), 1 + share], symmetric in the logarithm: exchanging the arms
  // changes nothing. 0.02 stands for 2%; share >= 0.
  static Margin OfRatio(double share);
};

// Which values of the metric are better.
enum class Favours { kLower, kHigher };

struct Equivalence {
  bool equivalent = false;     // wholly within the margin
  bool non_inferior = false;   // not worse by more than the margin
  bool superior = false;       // better than no change
  bool inferior = false;       // worse than no change
  bool beyond_margin = false;  // wholly outside the margin, on one side

  bool operator==(const Equivalence&) const = default;
};

Equivalence JudgeEquivalence(const Interval& interval, const Margin& margin, Favours favours);

}  // namespace bench::results
