// The distributions that the tests refer to, in double precision (Boost.Math, but for the
// noncentral t).
//
// Tails are computed as such and not as 1 - CDF: a p-value of 1e-30 keeps all its digits. Arguments
// outside a domain (degrees of freedom <= 0, p outside [0, 1], NaN) give NaN; nothing throws.
#pragma once

#include <cstdint>

namespace bench::results {

// P(Z >= z), Z standard normal.
double NormalUpperTail(double z);
// z with P(Z <= z) = p; infinite for p = 0 and 1.
double NormalQuantile(double p);

// P(T >= t), T Student's t with `degrees_of_freedom` > 0, which need not be whole.
double StudentUpperTail(double t, double degrees_of_freedom);
// t with P(T <= t) = p; infinite for p = 0 and 1.
double StudentQuantile(double p, double degrees_of_freedom);

// P(T >= t), T = (Z + noncentrality) / sqrt(chi2 / degrees_of_freedom): the normal tail integrated
// over the distribution of chi2, to about 1e-12. Takes time in proportion to |t|, |noncentrality|
// and 1 / degrees_of_freedom.
double NoncentralStudentUpperTail(double t, double degrees_of_freedom, double noncentrality);

// P(X <= successes), X binomial.
double BinomialLowerTail(int64_t successes, int64_t trials, double probability);

// n choose k as a double: exact below 2^53, correctly ordered beyond, infinite above 1e308.
double BinomialCoefficient(int64_t n, int64_t k);

}  // namespace bench::results
