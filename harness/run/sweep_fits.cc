#include "harness/run/sweep_fits.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/fit_band.h"
#include "results/sweeps/fit_record.h"

namespace bench::harness {
namespace {

absl::StatusOr<double> XOf(const SweepFitSpec& fit, const SweepSpec& spec, const ArmPoint& point,
                           const results::Sweep& sweep) {
  for (size_t i = 0; i < spec.axes.size(); ++i) {
    if (spec.axes[i].key != fit.x) continue;
    double x = 0;
    if (absl::SimpleAtod(point.values[i], &x)) return x;
    return UsageError(absl::StrCat(fit.x, " = ", point.values[i], " is no number"));
  }
  const results::ArmValues* values = sweep.Find(fit.x, point.name);
  if (values == nullptr) {
    return UsageError(absl::StrCat(point.name, " did not measure ", fit.x));
  }
  return results::Mean(values->values);
}

results::CurveKind KindOf(SweepFitKind kind) {
  return kind == SweepFitKind::kPowerLaw ? results::CurveKind::kPowerLaw
                                         : results::CurveKind::kLogistic;
}

absl::StatusOr<results::SweepFit> Fit(const SweepFitSpec& fit, const SweepSpec& spec,
                                      const std::vector<LoadedPoint>& points,
                                      const results::Sweep& sweep) {
  results::SweepFit made;
  made.kind = std::string(Name(fit.kind));
  made.arm = fit.arm;
  made.x = fit.x;
  made.y = fit.y;
  BENCH_ASSIGN_OR_RETURN(made.points, FitPointsOf(fit, spec, points, sweep));
  results::FitBandOptions options;
  if (fit.held_out == SweepHeldOut::kLargest) options.held_out = results::HeldOut::kLargestX;
  BENCH_ASSIGN_OR_RETURN(made.fit, results::FitWithBand(KindOf(fit.kind), made.points, options));
  return made;
}

}  // namespace

absl::StatusOr<std::vector<results::FitPoint>> FitPointsOf(const SweepFitSpec& fit,
                                                           const SweepSpec& spec,
                                                           const std::vector<LoadedPoint>& points,
                                                           const results::Sweep& sweep) {
  std::vector<results::FitPoint> made;
  for (const LoadedPoint& loaded : points) {
    const ArmPoint& point = loaded.point;
    if (fit.arm.empty() ? point.role == SweepRole::kControl : point.arm != fit.arm) continue;
    BENCH_ASSIGN_OR_RETURN(const double x, XOf(fit, spec, point, sweep));
    const results::ArmValues* y = sweep.Find(fit.y, point.name);
    if (y == nullptr) return UsageError(absl::StrCat(point.name, " did not measure ", fit.y));
    made.push_back({x, y->values});
  }
  return made;
}

absl::Status RecordFits(const SweepSpec& spec, const std::vector<LoadedPoint>& points,
                        const results::Sweep& sweep, RunContext& context) {
  for (size_t i = 0; i < spec.fits.size(); ++i) {
    const absl::StatusOr<results::SweepFit> fit = Fit(spec.fits[i], spec, points, sweep);
    if (fit.ok()) {
      BENCH_RETURN_IF_ERROR(results::RecordFit(context.writer, static_cast<int64_t>(i), *fit));
      continue;
    }
    const std::string why(fit.status().message());
    context.progress.Note(absl::StrCat("fit ", i, ": ", why));
    BENCH_RETURN_IF_ERROR(context.writer.Note(absl::StrCat("fit_", i), why));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
