// An interval of real numbers, and which alternatives a test looks for.
#pragma once

namespace bench::results {

// Closed, in the units of the quantity it is about. An end is infinite where the data bound it not
// at all.
struct Interval {
  double low = 0;
  double high = 0;

  bool Contains(double value) const { return low <= value && value <= high; }
  bool operator==(const Interval&) const = default;
};

// The alternative to "both arms come from one distribution". Every test here takes the two arms as
// (base, head). A two-sided p-value is min(1, 2 * min(p of kLess, p of kGreater)).
enum class Tail {
  kTwoSided,
  kLess,     // head tends to be less than base
  kGreater,  // head tends to be greater than base
};

}  // namespace bench::results
