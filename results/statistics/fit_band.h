// A curve through the means of several points, how far replicates let it move, and what it says of
// a point that it was not fitted to.
//
// The curve is FitCurve (curve_fit.h) of the points' means. The band is a bootstrap over seeds:
// every resample draws, at each point by itself, as many replicates as there are with replacement,
// and fits their means; intervals are percentiles (type 7) of the resamples. There is none where a
// point has a single replicate, nor where more than one resample in twenty determines no curve.
// The point that is held out has no part in either. Deterministic in the seed. Errors: those of
// FitCurve for the points as they are; UsageError for a point without values, and where several
// points have the largest x and one is to be held out: the others would tell what it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "results/statistics/curve_fit.h"
#include "results/statistics/interval.h"

namespace bench::results {

struct FitPoint {
  double x = 0;
  std::vector<double> y;  // one a replicate
};

enum class HeldOut { kNone, kLargestX };

struct FitBandOptions {
  HeldOut held_out = HeldOut::kNone;
  double level = 0.95;
  int64_t num_resamples = 1999;
  uint64_t seed = 0;
};

struct FittedPoint {
  double x = 0;
  double y = 0;
  std::optional<Interval> interval;
};

struct Prediction {
  FittedPoint predicted;
  double measured = 0;  // the mean there
};

struct BandedFit {
  FittedCurve curve;
  std::vector<Interval> parameters;  // in their order; empty: there is no band
  std::vector<FittedPoint> points;   // evenly in ln x from the least x to the largest of all
  std::optional<Prediction> held_out;
};

absl::StatusOr<BandedFit> FitWithBand(CurveKind kind, std::span<const FitPoint> points,
                                      const FitBandOptions& options = {});

}  // namespace bench::results
