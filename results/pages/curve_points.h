// Curves of many steps made of few points, without losing what one looks for in them.
//
// A curve is thinned by columns of the chart: of each column its least and its greatest value stay,
// in the order in which they occurred, so that a spike of a single step stays visible; the first
// and the last point stay too. A value that cannot be drawn (axis.h) leaves a gap, one in a column
// at most. Several runs of an arm have an envelope: at every x that more than half of them have,
// the median, the least and the greatest value, NaN where no more than half can be drawn. Nothing
// is interpolated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bench::results {

// Of one run; equal lengths, x rises.
struct RunCurve {
  std::span<const int64_t> x;
  std::span<const double> y;
};

struct CurvePoint {
  double x = 0;
  double y = 0;
  bool begins = false;  // there is a gap before it, or nothing

  bool operator==(const CurvePoint&) const = default;
};

// At most 4 * num_columns + 2 points, of a curve without gaps 2 * num_columns + 2.
std::vector<CurvePoint> ThinnedCurve(const RunCurve& curve, size_t num_columns);

struct Envelope {
  std::vector<int64_t> x;
  std::vector<double> median;
  std::vector<double> low;
  std::vector<double> high;
};
Envelope EnvelopeOf(std::span<const RunCurve> runs);

struct BandPoint {
  double x = 0;
  double low = 0;
  double high = 0;
  bool begins = false;  // there is a gap before it, or nothing

  bool operator==(const BandPoint&) const = default;
};
// Of each column the least `low` and the greatest `high`, at most num_columns points; a band of
// few points is left as it is.
std::vector<BandPoint> ThinnedBand(const Envelope& envelope, size_t num_columns);

}  // namespace bench::results
