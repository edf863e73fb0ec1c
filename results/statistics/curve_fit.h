// Curves through points by ordinary least squares.
//
//   power law  y = limit + scale x^-exponent, exponent in (0.001, 20). For a given exponent limit
//              and scale are a linear regression; the exponent is the least sum of squares over a
//              grid of its logarithm, refined by golden section
//   logistic   y = 1 / (1 + exp(-steepness (ln x - ln midpoint))), y in [0, 1], |steepness| below
//              100. The best of a grid, refined by Levenberg-Marquardt
//
// x > 0. Deterministic. Errors: UsageError for values that are not finite or outside those ranges,
// for fewer distinct x than parameters, and where the points do not determine the curve: an
// exponent or a steepness at the end of its range, a logistic curve of which fewer than two y lie
// between 1e-9 and 1 - 1e-9 (a step has no steepness), a y that does not change. Source of the
// power law as a law of scaling: Hoffmann et al., arXiv:2203.15556.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::results {

enum class CurveKind { kPowerLaw, kLogistic };

// "limit", "scale", "exponent"; "midpoint", "steepness".
std::span<const std::string_view> ParameterNames(CurveKind kind);

struct FittedCurve {
  CurveKind kind = CurveKind::kPowerLaw;
  std::vector<double> parameters;  // in the order of their names
  double squares = 0;              // sum of the squared residuals

  double At(double x) const;
};

// y[i] belongs to x[i].
absl::StatusOr<FittedCurve> FitCurve(CurveKind kind, std::span<const double> x,
                                     std::span<const double> y);

}  // namespace bench::results
