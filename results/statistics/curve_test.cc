#include "results/statistics/curve_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

// Of the greatest magnitude at a point; differences below it come from rounding.
constexpr double kRelativeScaleFloor = 1e-12;
// Statistics that are equal in exact arithmetic come out closer than this, and others hardly ever.
constexpr double kRelativeTie = 1e-9;

absl::Status CheckCurves(std::span<const Curve> curves, std::size_t num_points) {
  if (curves.empty()) return UsageError("no curves");
  for (const Curve& curve : curves) {
    if (curve.size() != num_points) {
      return UsageError(
          absl::StrCat("curves of ", num_points, " and of ", curve.size(), " points"));
    }
    BENCH_RETURN_IF_ERROR(CheckSample(curve, 1));
  }
  return absl::OkStatus();
}

absl::Status CheckArguments(std::span<const Curve> base, std::span<const Curve> head,
                            const CurveTestOptions& options) {
  const std::size_t num_points = base.empty() ? 0 : base.front().size();
  BENCH_RETURN_IF_ERROR(Annotate(CheckCurves(base, num_points), "base"));
  BENCH_RETURN_IF_ERROR(Annotate(CheckCurves(head, num_points), "head"));
  if (options.pairing == Pairing::kPaired && base.size() != head.size()) {
    return UsageError(absl::StrCat(base.size(), " and ", head.size(), " curves cannot be paired"));
  }
  if (options.num_resamples < 1) return UsageError("the curve test needs at least one resample");
  if (!std::isfinite(options.scale_floor) || options.scale_floor < 0) {
    return UsageError(absl::StrCat("a scale floor of ", options.scale_floor));
  }
  return absl::OkStatus();
}

// Terms whose sum, with the signs or choices of an arrangement, is a multiple of the standardised
// difference of means at a point: [term][point].
struct Terms {
  std::vector<Curve> values;
  Curve total;         // [point], of all terms
  Curve scales;        // [point], s
  double per_sum = 1;  // difference of means = per_sum * (sum - share * total)
  double share = 0;
};

double Floor(std::span<const Curve> base, std::span<const Curve> head, std::size_t point,
             double scale_floor) {
  double greatest = 0;
  for (const Curve& curve : base) greatest = std::max(greatest, std::abs(curve[point]));
  for (const Curve& curve : head) greatest = std::max(greatest, std::abs(curve[point]));
  // All zero: any positive scale gives 0.
  return std::max(
      {scale_floor, kRelativeScaleFloor * greatest, std::numeric_limits<double>::min()});
}

// Terms d of each pair.
Terms PairedTerms(std::span<const Curve> base, std::span<const Curve> head, double scale_floor) {
  const auto n = static_cast<double>(base.size());
  Terms terms = {.per_sum = 1 / n};
  terms.values.assign(base.size(), Curve(base.front().size()));
  for (std::size_t point = 0; point < base.front().size(); ++point) {
    double squares = 0;
    for (std::size_t i = 0; i < base.size(); ++i) {
      const double d = head[i][point] - base[i][point];
      terms.values[i][point] = d;
      squares += d * d;
    }
    terms.scales.push_back(std::max(std::sqrt(squares / n), Floor(base, head, point, scale_floor)));
  }
  return terms;
}

// Terms x - pooled mean, base first. With m head values of sum S and a total T over both arms, the
// difference of means is S/m - (T - S)/n = (1/m + 1/n) * (S - T * m/(n + m)).
Terms UnpairedTerms(std::span<const Curve> base, std::span<const Curve> head, double scale_floor) {
  const auto n = static_cast<double>(base.size());
  const auto m = static_cast<double>(head.size());
  Terms terms = {.per_sum = 1 / m + 1 / n, .share = m / (n + m)};
  terms.values.assign(base.begin(), base.end());
  terms.values.insert(terms.values.end(), head.begin(), head.end());
  for (std::size_t point = 0; point < base.front().size(); ++point) {
    Curve pooled;
    for (const Curve& curve : terms.values) pooled.push_back(curve[point]);
    const double mean = Mean(pooled);
    for (Curve& curve : terms.values) curve[point] -= mean;
    terms.scales.push_back(
        std::max(StandardDeviation(pooled), Floor(base, head, point, scale_floor)));
  }
  return terms;
}

// Adds up the totals and turns every term into its part of the standardised difference.
void Standardise(Terms* terms) {
  terms->total.assign(terms->scales.size(), 0);
  for (Curve& term : terms->values) {
    for (std::size_t point = 0; point < term.size(); ++point) {
      term[point] *= terms->per_sum / terms->scales[point];
      terms->total[point] += term[point];
    }
  }
}

// The standardised difference at every point, in `differences`.
void Differences(const Terms& terms, const Arrangement& arrangement, Pairing pairing,
                 Curve* differences) {
  const std::size_t num_points = terms.total.size();
  for (std::size_t point = 0; point < num_points; ++point) {
    (*differences)[point] = -terms.share * terms.total[point];
  }
  for (std::size_t i = 0; i < terms.values.size(); ++i) {
    double factor = arrangement[i] ? 1 : 0;
    if (pairing == Pairing::kPaired) factor = arrangement[i] ? -1 : 1;
    if (factor == 0) continue;
    const Curve& term = terms.values[i];
    for (std::size_t point = 0; point < num_points; ++point) {
      (*differences)[point] += factor * term[point];
    }
  }
}

std::size_t GreatestMagnitude(const Curve& differences) {
  const auto at = std::max_element(differences.begin(), differences.end(),
                                   [](double a, double b) { return std::abs(a) < std::abs(b); });
  return static_cast<std::size_t>(at - differences.begin());
}

Arrangement Observed(Pairing pairing, std::size_t num_base, std::size_t num_head) {
  Arrangement observed(num_base);
  if (pairing == Pairing::kUnpaired) observed.resize(num_base + num_head, true);
  return observed;
}

}  // namespace

absl::StatusOr<CurveTestResult> CurveTest(std::span<const Curve> base, std::span<const Curve> head,
                                          const CurveTestOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckArguments(base, head, options));
  Terms terms = options.pairing == Pairing::kPaired
                    ? PairedTerms(base, head, options.scale_floor)
                    : UnpairedTerms(base, head, options.scale_floor);
  Standardise(&terms);
  Curve differences(terms.total.size());
  Differences(terms, Observed(options.pairing, base.size(), head.size()), options.pairing,
              &differences);
  CurveTestResult result;
  result.point = GreatestMagnitude(differences);
  result.statistic = std::abs(differences[result.point]);
  result.difference = differences[result.point] * terms.scales[result.point];
  const double reached = result.statistic * (1 - kRelativeTie);
  int64_t num_reaching = 0;
  const VisitedArrangements seen =
      VisitArrangements({.pairing = options.pairing,
                         .num_base = base.size(),
                         .num_head = head.size(),
                         .max_exact_arrangements = kMaxExactCurveArrangements,
                         .num_resamples = options.num_resamples,
                         .seed = options.seed},
                        [&](const Arrangement& arrangement) {
                          Differences(terms, arrangement, options.pairing, &differences);
                          if (std::abs(differences[GreatestMagnitude(differences)]) >= reached)
                            ++num_reaching;
                        });
  result.p_value = seen.PValue(num_reaching);
  result.exact = seen.exact;
  return result;
}

double SmallestCurveTestPValue(std::size_t num_base, std::size_t num_head, Pairing pairing) {
  const double num_arrangements =
      NumArrangements({.pairing = pairing, .num_base = num_base, .num_head = num_head});
  const bool exchangeable = pairing == Pairing::kPaired || num_base == num_head;
  return std::min(1.0, (exchangeable ? 2 : 1) / num_arrangements);
}

}  // namespace bench::results
