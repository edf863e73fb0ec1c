// Curves that a sweep fitted, in its results file. `fit`: their number, from 0.
//
//   /tables/fits           fit, kind, arm, x, y, quantity, value: the parameters by their names
//                          (statistics/curve_fit.h), and of a point that was held out held_out_x,
//                          predicted and measured
//   /tables/fit_intervals  fit, quantity, low, high: where there is a band (statistics/fit_band.h)
//   /tables/fit_points     fit, x, y: a row a replicate
//   /tables/fit_curves     fit, x, y: the curve; fit_bands: fit, x, low, high, its band
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "results/record.h"
#include "results/run_writer.h"
#include "results/statistics/fit_band.h"

namespace bench::results {

struct SweepFit {
  std::string kind;  // "power_law", "logistic"
  std::string arm;   // empty: of all that are no controls
  std::string x;     // a key, or a metric
  std::string y;     // a metric
  std::vector<FitPoint> points;
  BandedFit fit;
};

absl::Status RecordFit(RunWriter& writer, int64_t number, const SweepFit& fit);

// What a chart of a fit shows. Of a table of others whatever can be read.
struct RecordedFit {
  std::string title;                         // "loss by parameters, treatment: power_law"
  std::string x, y;                          // names
  std::map<std::string, double> quantities;  // parameters, and of a held-out point
  std::map<std::string, Interval> intervals;
  std::vector<FittedPoint> points;  // measured, a replicate each
  std::vector<FittedPoint> curve;
};
std::vector<RecordedFit> FitsOf(const RunRecord& record);

}  // namespace bench::results
