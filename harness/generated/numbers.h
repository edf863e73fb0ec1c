// Numbers of so many digits, for the grammars of sums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/determinism/random.h"

namespace bench::harness::generated {

// min_digits + Below(max_digits - min_digits + 1).
int64_t DigitsBetween(int64_t min_digits, int64_t max_digits, Random& random);

// Uniform among the numbers of exactly `digits` digits; of one digit 0 to 9.
int64_t NumberOf(int64_t digits, Random& random);

// "digits_1", ... from min_digits to max_digits.
std::vector<std::string> DigitGroups(int64_t min_digits, int64_t max_digits);

}  // namespace bench::harness::generated
