// A value and its units in a few characters, for reports that people read.
#pragma once

#include <string>

namespace bench::results {

// Five significant digits, bytes in MiB; units of more than four characters are left to the reader,
// who knows the metric. Escaped for a terminal.
std::string ValueText(double value, const std::string& units);

}  // namespace bench::results
