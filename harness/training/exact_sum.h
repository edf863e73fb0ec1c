// A sum of float64 numbers that does not depend on their order, nor on how they are spread over
// threads and ranks: numbers are added as integers, without rounding, to a fixed-point number that
// is wide enough for all of float64; only Value rounds.
//
// Digits have base 2^32 in 64 bits, so 2^31 numbers can be added between two carries. Partial sums
// are added digit by digit, also by another process. Source of the idea: Kulisch's long
// accumulator.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bench::harness {

class ExactSum {
 public:
  // Digit i counts units of 2^(32 i - 1152); the last one counts numbers that were not finite.
  static constexpr size_t kDigits = 71;
  using Digits = std::array<int64_t, kDigits>;

  void Add(double value);
  // Of another sum, carried (Digits() are).
  void Add(const Digits& digits);
  // Between 0 and 2^32 - 1, but for the two highest.
  Digits Carried() const;
  // Within one unit in the last place; NaN if a number was not finite.
  double Value() const;

 private:
  Digits digits_ = {};
};

}  // namespace bench::harness
