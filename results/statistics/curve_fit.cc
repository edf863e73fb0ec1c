#include "results/statistics/curve_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

using Values = std::span<const double>;

constexpr std::array<std::string_view, 3> kPowerLawNames = {"limit", "scale", "exponent"};
constexpr std::array<std::string_view, 2> kLogisticNames = {"midpoint", "steepness"};

absl::Status NotDetermined(std::string_view what) {
  return UsageError(absl::StrCat("the points do not determine the ", internal::View(what)));
}

double Squares(Values y, const auto& curve_at) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double residual = y[i] - curve_at(i);
    sum += residual * residual;
  }
  return sum;
}

// The power law, with x in units of its geometric mean so that powers stay near 1.
class PowerLaw {
 public:
  PowerLaw(Values x, Values y) : y_(y) {
    for (const double value : x) log_x_.push_back(std::log(value));
    centre_ = Mean(log_x_);
    for (double& value : log_x_) value -= centre_;
  }

  struct Line {
    double limit = 0;
    double scale = 0;
    double squares = 0;
  };

  // The best limit and scale for an exponent.
  Line At(double exponent) const {
    std::vector<double> z;
    for (const double value : log_x_) z.push_back(std::exp(-exponent * value));
    const double mean_z = Mean(z);
    const double mean_y = Mean(y_);
    double zz = 0;
    double zy = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      zz += (z[i] - mean_z) * (z[i] - mean_z);
      zy += (z[i] - mean_z) * (y_[i] - mean_y);
    }
    Line line;
    line.scale = zy / zz;
    line.limit = mean_y - line.scale * mean_z;
    line.squares = Squares(y_, [&](std::size_t i) { return line.limit + line.scale * z[i]; });
    return line;
  }

  absl::StatusOr<FittedCurve> Fit() const {
    constexpr double kLeast = 1e-3;
    constexpr double kGreatest = 20;
    constexpr int kGrid = 200;
    const double step = std::log(kGreatest / kLeast) / kGrid;
    const auto log_exponent = [&](int i) { return std::log(kLeast) + step * i; };
    const auto squares_at = [&](double value) { return At(std::exp(value)).squares; };
    int best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i <= kGrid; ++i) {
      const double squares = squares_at(log_exponent(i));
      if (squares < least) {
        least = squares;
        best = i;
      }
    }
    if (best == 0 || best == kGrid) return NotDetermined("exponent");
    const double exponent =
        std::exp(GoldenSection(squares_at, log_exponent(best - 1), log_exponent(best + 1)));
    const Line line = At(exponent);
    // Back to the units of x.
    return FittedCurve{CurveKind::kPowerLaw,
                       {line.limit, line.scale * std::exp(exponent * centre_), exponent},
                       line.squares};
  }

 private:
  // Where a function with one minimum in between has it.
  static double GoldenSection(const auto& function, double low, double high) {
    constexpr int kSteps = 90;  // 0.618^90 of the width: beyond what doubles tell apart
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    double left = high - ratio * (high - low);
    double right = low + ratio * (high - low);
    double at_left = function(left);
    double at_right = function(right);
    for (int i = 0; i < kSteps; ++i) {
      if (at_left <= at_right) {
        high = right;
        right = left;
        at_right = at_left;
        left = high - ratio * (high - low);
        at_left = function(left);
      } else {
        low = left;
        left = right;
        at_left = at_right;
        right = low + ratio * (high - low);
        at_right = function(right);
      }
    }
    return (low + high) / 2;
  }

  Values y_;
  std::vector<double> log_x_;  // less their mean
  double centre_ = 0;
};

class Logistic {
 public:
  Logistic(Values x, Values y) : y_(y) {
    for (const double value : x) log_x_.push_back(std::log(value));
  }

  absl::StatusOr<FittedCurve> Fit() const {
    if (std::count_if(y_.begin(), y_.end(), IsInside) < 2) return NotDetermined("steepness");
    Curve curve = BestOfGrid();
    double squares = SquaresOf(curve);
    double damping = 1e-3;
    for (int i = 0; i < kMostSteps && damping < kMostDamping; ++i) {
      const Curve next = Step(curve, damping);
      const double next_squares = SquaresOf(next);
      if (!(next_squares < squares)) {
        damping *= 4;
        continue;
      }
      curve = next;
      squares = next_squares;
      damping = std::max(damping / 4, 1e-12);
      if (std::abs(curve.steepness) >= kGreatestSteepness) break;
    }
    if (!(std::abs(curve.steepness) < kGreatestSteepness)) return NotDetermined("steepness");
    const double midpoint = std::exp(curve.log_midpoint);
    if (!std::isfinite(midpoint) || midpoint <= 0) return NotDetermined("midpoint");
    return FittedCurve{CurveKind::kLogistic, {midpoint, curve.steepness}, squares};
  }

 private:
  static constexpr int kMostSteps = 2000;
  static constexpr double kMostDamping = 1e12;
  static constexpr double kGreatestSteepness = 100;
  static constexpr double kInside = 1e-9;

  // Through 0, ..., 0, one y and 1, ..., 1 go all curves of some steepness on: they differ where
  // there is no point.
  static bool IsInside(double y) { return y > kInside && y < 1 - kInside; }

  struct Curve {
    double log_midpoint = 0;
    double steepness = 1;

    double At(double log_x) const {
      return 1 / (1 + std::exp(-steepness * (log_x - log_midpoint)));
    }
  };

  double SquaresOf(const Curve& curve) const {
    return Squares(y_, [&](std::size_t i) { return curve.At(log_x_[i]); });
  }

  // Midpoints up to the range of ln x beyond either end, rising and falling curves.
  Curve BestOfGrid() const {
    constexpr int kMidpoints = 31;
    constexpr std::array<double, 9> kSteepnesses = {0.1, 0.3, 0.6, 1, 2, 4, 8, 16, 32};
    const auto [low, high] = std::minmax_element(log_x_.begin(), log_x_.end());
    const double width = *high - *low;
    Curve best;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < kMidpoints; ++i) {
      const double middle = *low - width + 3 * width * i / (kMidpoints - 1);
      for (const double steepness : kSteepnesses) {
        for (const Curve& curve : {Curve{middle, steepness}, Curve{middle, -steepness}}) {
          const double squares = SquaresOf(curve);
          if (squares >= least) continue;
          least = squares;
          best = curve;
        }
      }
    }
    return best;
  }

  // (J'J + damping diag(J'J)) step = J' residuals.
  Curve Step(const Curve& curve, double damping) const {
    double mm = 0;
    double ms = 0;
    double ss = 0;
    double mr = 0;
    double sr = 0;
    for (std::size_t i = 0; i < y_.size(); ++i) {
      const double p = curve.At(log_x_[i]);
      const double by_midpoint = -curve.steepness * p * (1 - p);
      const double by_steepness = (log_x_[i] - curve.log_midpoint) * p * (1 - p);
      const double residual = y_[i] - p;
      mm += by_midpoint * by_midpoint;
      ms += by_midpoint * by_steepness;
      ss += by_steepness * by_steepness;
      mr += by_midpoint * residual;
      sr += by_steepness * residual;
    }
    const double a = mm * (1 + damping);
    const double d = ss * (1 + damping);
    const double determinant = a * d - ms * ms;
    return {curve.log_midpoint + (d * mr - ms * sr) / determinant,
            curve.steepness + (a * sr - ms * mr) / determinant};
  }

  Values y_;
  std::vector<double> log_x_;
};

absl::Status CheckPoints(CurveKind kind, Values x, Values y) {
  BENCH_RETURN_IF_ERROR(CheckPairs(x, y, 1));
  if (std::any_of(x.begin(), x.end(), [](double value) { return value <= 0; })) {
    return UsageError("x of a curve that is fitted must be greater than 0");
  }
  const bool shares =
      std::all_of(y.begin(), y.end(), [](double value) { return value >= 0 && value <= 1; });
  if (kind == CurveKind::kLogistic && !shares) {
    return UsageError("y of a logistic curve must lie between 0 and 1");
  }
  const std::size_t num_distinct = std::set<double>(x.begin(), x.end()).size();
  const std::size_t num_parameters = ParameterNames(kind).size();
  if (num_distinct < num_parameters) {
    return UsageError(
        absl::StrCat(num_distinct, " distinct x for a curve of ", num_parameters, " parameters"));
  }
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  if (*low == *high) return NotDetermined("curve: y does not change");
  return absl::OkStatus();
}

}  // namespace

std::span<const std::string_view> ParameterNames(CurveKind kind) {
  if (kind == CurveKind::kPowerLaw) return kPowerLawNames;
  return kLogisticNames;
}

double FittedCurve::At(double x) const {
  if (kind == CurveKind::kPowerLaw) {
    return parameters[0] + parameters[1] * std::pow(x, -parameters[2]);
  }
  return 1 / (1 + std::exp(-parameters[1] * std::log(x / parameters[0])));
}

absl::StatusOr<FittedCurve> FitCurve(CurveKind kind, Values x, Values y) {
  BENCH_RETURN_IF_ERROR(CheckPoints(kind, x, y));
  return kind == CurveKind::kPowerLaw ? PowerLaw(x, y).Fit() : Logistic(x, y).Fit();
}

}  // namespace bench::results
