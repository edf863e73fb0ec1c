// A chart of the distribution of one metric: a dot for every replicate of every arm, one arm below
// the other, with a mark at each arm's centre and, where it has one, a bar for the interval in
// which that lies.
//
// Of a comparison it also shows the zone around the base's centre in which a difference does not
// matter, the interval in which the head's centre lies as seen from the base's, and of replicates
// that are compared in pairs a line from one to the other. Dots that would hide each other are
// moved up or down, which means nothing. Values that are not finite are not drawn, and counted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/pages/html.h"
#include "results/statistics/interval.h"

namespace bench::results {

struct StripArm {
  std::string name;
  std::vector<double> values;
  std::optional<double> centre;
  std::optional<Interval> interval = {};  // of the centre
  std::optional<size_t> style = {};       // as of the arm with this number (svg.h); absent: its own
};

struct StripChart {
  std::string name;
  std::string units;
  std::string remark;                // behind the name: the verdict
  std::vector<StripArm> arms;        // the base first
  bool paired = false;               // values of two arms at the same place belong together
  double margin = 0;                 // around the base's centre; 0: none
  std::optional<Interval> interval;  // of the difference from the base's centre
};

// A <figure>; nothing where no value can be drawn.
Html DrawStripChart(const StripChart& chart);

// The same as a file of SVG by itself, light or dark as the reader's system is; "" of nothing.
std::string StripChartFile(const StripChart& chart);

}  // namespace bench::results
