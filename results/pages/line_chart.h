// A chart of curves: every run of every arm as a thin line, and of an arm of several runs the
// median as a thick one on the band from the least to the greatest value.
//
// Of more than kMostChartRuns runs so many have lines, chosen evenly from every arm, and the
// chart says so; median, band and axes are those of all. The vertical axis is logarithmic where all
// values are positive and span two decades. At most kMostChartPoints points are drawn of the lines
// of all runs together, of curves with gaps at most twice as many (curve_points.h says which).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/pages/curve_points.h"
#include "results/pages/html.h"

namespace bench::results {

inline constexpr size_t kMostChartPoints = 9000;
inline constexpr size_t kMostChartRuns = 109;  // of which 40 columns each are no more points

struct ChartArm {
  std::string name;
  std::vector<RunCurve> runs;
};

struct LineChart {
  std::string name;    // "evals/loss"
  std::string units;   // of the values
  std::string x_name;  // "tokens"
  std::vector<ChartArm> arms;
};

// A <figure>; nothing where no value can be drawn.
Html DrawLineChart(const LineChart& chart);

}  // namespace bench::results
