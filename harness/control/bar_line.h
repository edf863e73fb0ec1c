// The line that shows how far work is, for a terminal of any width.
//
//   step [########................] 1200/3600 4:05 left  loss 2.3041  lr 9.8e-04
//
// Where it does not fit, first the detail goes, then the bar shrinks and goes, then the time that
// is left; what remains ("step 1200/3600") is cut, with "..." where there is room for that.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench::harness {

struct BarFacts {
  std::string_view what;  // a unit of work: "step"
  int64_t done = 0, total = 0;
  std::string_view remaining;  // "4:05 left", or empty
  std::string_view detail;     // likewise
};
enum class BarColour { kNone, kGreen };

// At most `columns` wide; empty for none. Valid UTF-8 without control characters but for colours.
std::string BarLine(const BarFacts& facts, int columns, BarColour colour);

}  // namespace bench::harness
