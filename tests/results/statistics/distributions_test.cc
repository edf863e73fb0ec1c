#include "results/statistics/distributions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

TEST(Distributions, EqualScipy) {
  for (const auto& row : ScipyCases("distributions")) {
    const double t = row.at("t");
    const double df = row.at("degrees_of_freedom");
    ExpectClose(NormalUpperTail(t), row.at("normal_upper_tail"));
    ExpectClose(StudentUpperTail(t, df), row.at("student_upper_tail"));
    ExpectClose(StudentQuantile(0.0123, df), row.at("student_quantile"));
    // Both integrate or sum a series; SciPy's (Boost's) states no more than 1e-10 here.
    EXPECT_NEAR(NoncentralStudentUpperTail(t / 4, df, 1.5), row.at("noncentral_upper_tail"), 1e-10);
  }
}

TEST(NoncentralStudent, WithoutNoncentralityIsStudent) {
  for (const double df : {1.8, 5.0, 17.1, 1000.0}) {
    for (const double t : {-3.0, 0.0, 0.7, 4.0}) {
      ExpectClose(NoncentralStudentUpperTail(t, df, 0), StudentUpperTail(t, df), 1e-10);
    }
  }
}

// At t = 0 the sign of T is that of Z + delta, whatever chi2 is.
TEST(NoncentralStudent, AtZeroIsTheNormalTail) {
  for (const double delta : {-2.0, 0.5, 3.0}) {
    ExpectClose(NoncentralStudentUpperTail(0, 7, delta), NormalUpperTail(-delta));
  }
}

TEST(Quantiles, EndsAreInfinite) {
  EXPECT_EQ(NormalQuantile(0), -INFINITY);
  EXPECT_EQ(NormalQuantile(1), INFINITY);
  EXPECT_EQ(StudentQuantile(1, 3), INFINITY);
}

TEST(Distributions, ArgumentsOutsideTheDomainGiveNan) {
  EXPECT_TRUE(std::isnan(StudentUpperTail(1, 0)));
  EXPECT_TRUE(std::isnan(StudentUpperTail(std::nan(""), 3)));
  EXPECT_TRUE(std::isnan(NoncentralStudentUpperTail(1, -1, 0)));
  EXPECT_TRUE(std::isnan(NormalQuantile(2)));
}

// P(X <= 1) of 3 tosses: (1 + 3) / 8.
TEST(BinomialLowerTail, CountsTosses) {
  EXPECT_DOUBLE_EQ(BinomialLowerTail(1, 3, 0.5), 0.5);
  EXPECT_EQ(BinomialLowerTail(3, 3, 0.5), 1);
  EXPECT_EQ(BinomialLowerTail(-1, 3, 0.5), 0);
}

TEST(BinomialCoefficient, IsExactWhileDoublesAreWhole) {
  EXPECT_EQ(BinomialCoefficient(10, 5), 252);
  EXPECT_EQ(BinomialCoefficient(20, 10), 184756);
  EXPECT_EQ(BinomialCoefficient(56, 28), 7648690600760440);
  EXPECT_EQ(BinomialCoefficient(7, 0), 1);
  EXPECT_EQ(BinomialCoefficient(7, 8), 0);
  EXPECT_EQ(BinomialCoefficient(5000, 2500), INFINITY);
}

}  // namespace
}  // namespace bench::results
