// An axis of a chart: which values it shows, where its ticks are, and how they are written.
//
// Ticks are multiples of 1, 2 or 5 times a power of ten; on a logarithmic axis they are powers of
// ten, or 1, 2 and 5 times them where few lie in the range. Values beyond kGreatestDrawn, infinite
// ones and NaN are not drawn: their differences would not be finite.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace bench::results {

inline constexpr double kGreatestDrawn = 1e300;
bool Drawable(double value);

// Least and greatest of what is drawn.
struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  bool empty() const { return low > high; }
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

struct Axis {
  double low = 0;  // low < high; positive on a logarithmic axis
  double high = 1;
  bool logarithmic = false;
  std::vector<double> ticks;  // within the axis, rising
  std::vector<std::string> tick_texts;

  // 0 at low, 1 at high.
  double Position(double value) const;
};

// From `low` to `high`, which are drawable; where they are equal, or differ by rounding alone, the
// axis is wider. At most `most_ticks` >= 2 ticks.
Axis LinearAxis(double low, double high, int most_ticks);
// Of low > 0.
Axis LogarithmicAxis(double low, double high, int most_ticks);

// How values of some units are shown: their number is multiplied by `factor`.
struct DisplayUnits {
  double factor = 1;
  std::string name;  // "" for dimensionless ones
};
// Bytes in KiB, MiB or GiB and seconds in ms or µs, by the largest value.
DisplayUnits DisplayUnitsOf(const std::string& units, double largest);

}  // namespace bench::results
