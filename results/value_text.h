// A value and its units, for reports that people read.
#pragma once

#include <string>

namespace bench::results {

// In a few characters: five significant digits, bytes in MiB; units of more than four characters
// are left to the reader, who knows the metric. Escaped for a terminal.
std::string ValueText(double value, const std::string& units);

// Six significant digits with the units, bytes in MiB. Not escaped.
std::string ValueWithUnits(double value, const std::string& units);

}  // namespace bench::results
