#include "results/statistics/fit_band.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

constexpr int kCurvePoints = 41;
constexpr int64_t kDeterminedOfTwenty = 19;

struct Means {
  std::vector<double> x;
  std::vector<double> y;
};

Means MeansOf(std::span<const FitPoint> points) {
  Means means;
  for (const FitPoint& point : points) {
    means.x.push_back(point.x);
    means.y.push_back(Mean(point.y));
  }
  return means;
}

FitPoint Resampled(const FitPoint& point, Random& random) {
  FitPoint drawn = {point.x, {}};
  for (std::size_t i = 0; i < point.y.size(); ++i) {
    drawn.y.push_back(point.y[random.Below(point.y.size())]);
  }
  return drawn;
}

// The curves of the resamples that determine one; none where there is no band.
std::vector<FittedCurve> Curves(CurveKind kind, std::span<const FitPoint> points,
                                const FitBandOptions& options) {
  std::vector<FittedCurve> curves;
  const bool single =
      std::any_of(points.begin(), points.end(), [](const auto& p) { return p.y.size() < 2; });
  if (single) return curves;
  Random random(options.seed);
  for (int64_t i = 0; i < options.num_resamples; ++i) {
    std::vector<FitPoint> drawn;
    for (const FitPoint& point : points) drawn.push_back(Resampled(point, random));
    const Means means = MeansOf(drawn);
    auto curve = FitCurve(kind, means.x, means.y);
    if (curve.ok()) curves.push_back(*std::move(curve));
  }
  if (20 * std::ssize(curves) < kDeterminedOfTwenty * options.num_resamples) curves.clear();
  return curves;
}

std::optional<Interval> PercentileInterval(const std::vector<double>& values, double level) {
  if (values.empty() || !AllFinite(values)) return std::nullopt;
  return Interval{Quantile(values, (1 - level) / 2), Quantile(values, (1 + level) / 2)};
}

FittedPoint PointAt(double x, const FittedCurve& curve, const std::vector<FittedCurve>& curves,
                    double level) {
  std::vector<double> values;
  for (const FittedCurve& drawn : curves) values.push_back(drawn.At(x));
  return {x, curve.At(x), PercentileInterval(values, level)};
}

std::vector<Interval> ParameterIntervals(const FittedCurve& curve,
                                         const std::vector<FittedCurve>& curves, double level) {
  std::vector<Interval> intervals;
  for (std::size_t i = 0; i < curve.parameters.size(); ++i) {
    std::vector<double> values;
    for (const FittedCurve& drawn : curves) values.push_back(drawn.parameters[i]);
    const std::optional<Interval> interval = PercentileInterval(values, level);
    if (!interval) return {};
    intervals.push_back(*interval);
  }
  return intervals;
}

}  // namespace

absl::StatusOr<BandedFit> FitWithBand(CurveKind kind, std::span<const FitPoint> points,
                                      const FitBandOptions& options) {
  for (const FitPoint& point : points) BENCH_RETURN_IF_ERROR(CheckSample(point.y, 1));
  BENCH_RETURN_IF_ERROR(CheckProbability(options.level, "level"));
  std::vector<FitPoint> sorted(points.begin(), points.end());
  std::ranges::stable_sort(sorted, {}, &FitPoint::x);
  if (sorted.empty()) return UsageError("no points to fit a curve to");
  std::span<const FitPoint> fitted = sorted;
  if (options.held_out == HeldOut::kLargestX) {
    fitted = fitted.first(fitted.size() - 1);
    if (!fitted.empty() && fitted.back().x == sorted.back().x) {
      return UsageError("several points have the largest x: none can be held out");
    }
  }
  const Means means = MeansOf(fitted);
  BandedFit fit;
  BENCH_ASSIGN_OR_RETURN(fit.curve, FitCurve(kind, means.x, means.y));
  const std::vector<FittedCurve> curves = Curves(kind, fitted, options);
  fit.parameters = ParameterIntervals(fit.curve, curves, options.level);
  const double low = std::log(sorted.front().x);
  const double high = std::log(sorted.back().x);
  for (int i = 0; i < kCurvePoints; ++i) {
    const double x = std::exp(low + (high - low) * i / (kCurvePoints - 1));
    fit.points.push_back(PointAt(x, fit.curve, curves, options.level));
  }
  if (options.held_out == HeldOut::kLargestX) {
    const FitPoint& largest = sorted.back();
    fit.held_out =
        Prediction{PointAt(largest.x, fit.curve, curves, options.level), Mean(largest.y)};
  }
  return fit;
}

}  // namespace bench::results
