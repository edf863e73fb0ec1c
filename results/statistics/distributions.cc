#include "results/statistics/distributions.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace bench::results {
namespace {

namespace bm = boost::math;
namespace policies = boost::math::policies;

// Errors come back as NaN or infinity.
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::rounding_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>>;
using Normal = bm::normal_distribution<double, Quiet>;
using Student = bm::students_t_distribution<double, Quiet>;
using Binomial = bm::binomial_distribution<double, Quiet>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

double NormalUpperTail(double z) { return bm::cdf(bm::complement(Normal(), z)); }

double NormalQuantile(double p) {
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return bm::quantile(Normal(), p);
}

double StudentUpperTail(double t, double degrees_of_freedom) {
  return bm::cdf(bm::complement(Student(degrees_of_freedom), t));
}

double StudentQuantile(double p, double degrees_of_freedom) {
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return bm::quantile(Student(degrees_of_freedom), p);
}

double NoncentralStudentUpperTail(double t, double degrees_of_freedom, double noncentrality) {
  const double df = degrees_of_freedom;
  if (!(df > 0)) return std::numeric_limits<double>::quiet_NaN();
  // Over y = log of s = sqrt(chi2 / df), whose density is exp(df (y - (e^2y - 1)/2)) but for a
  // constant: e^-45 of its peak, at y = 0, where the sum begins and ends.
  const double reach = std::sqrt(45 / df);
  const double low = -(45 / df + reach);
  // Half of the narrowest feature: the peak, and the step of the normal tail. The trapezoidal rule
  // on analytic functions that vanish at both ends is then exact to double precision.
  const double narrowest = std::min({0.2, 1 / std::sqrt(2 * df), 1 / std::max(1.0, std::abs(t)),
                                     1 / std::max(1.0, std::abs(noncentrality))});
  const auto num_steps = static_cast<int64_t>(std::ceil((reach - low) / (narrowest / 2)));
  double weights = 0;
  double tail = 0;
  for (int64_t i = 0; i <= num_steps; ++i) {
    const double y = low + (reach - low) * static_cast<double>(i) / static_cast<double>(num_steps);
    const double weight = std::exp(df * (y - std::expm1(2 * y) / 2));
    weights += weight;
    tail += weight * NormalUpperTail(t * std::exp(y) - noncentrality);
  }
  return tail / weights;
}

double BinomialLowerTail(int64_t successes, int64_t trials, double probability) {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return bm::cdf(Binomial(static_cast<double>(trials), probability),
                 static_cast<double>(successes));
}

double BinomialCoefficient(int64_t n, int64_t k) {
  if (k < 0 || k > n) return 0;
  k = std::min(k, n - k);
  double product = 1;
  // Each partial product is a binomial coefficient itself, so the division leaves no remainder.
  for (int64_t i = 1; i <= k; ++i) {
    product = product * static_cast<double>(n - k + i) / static_cast<double>(i);
    if (product < 0x1p53) product = std::round(product);
  }
  return product;
}

}  // namespace bench::results
