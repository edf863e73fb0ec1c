// A series of numbers as one line of bars of eight heights.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace bench::results {

// At most `cells` characters, each one column wide: a value each, or the mean of an even share of
// neighbours where there are more values than cells. The lowest bar is the smallest cell, the
// highest the largest; equal cells are all lowest. A share that holds a value which is not finite
// is '!'. Empty where there are no values or no cells.
std::string Sparkline(std::span<const double> values, int64_t cells);

}  // namespace bench::results
