#include "results/statistics/curve_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/status.h"
#include "results/statistics/permutation_test.h"
#include "results/statistics/t_test.h"
#include "tests/results/statistics/normal_draws.h"

namespace bench::results {
namespace {

using Curves = std::vector<Curve>;

Curves NormalCurves(Random* random, std::size_t num_replicates, std::size_t num_points) {
  Curves curves;
  for (std::size_t i = 0; i < num_replicates; ++i) {
    curves.push_back(NormalDraws(random, num_points, 3));
  }
  return curves;
}

Curve Point(const Curves& curves, std::size_t point) {
  Curve values;
  for (const Curve& curve : curves) values.push_back(curve[point]);
  return values;
}

// At one point the test is that of the difference of means: in equal arms both tails are equal, so
// that the two-sided p-values are one number.
TEST(CurveTest, OfOnePointIsThePermutationTestOfMeans) {
  Random random(1);
  const Curves base = NormalCurves(&random, 6, 1);
  const Curves head = NormalCurves(&random, 6, 1);
  EXPECT_DOUBLE_EQ(CurveTest(base, head)->p_value,
                   UnpairedPermutationTest(Point(base, 0), Point(head, 0))->p_value);
  EXPECT_DOUBLE_EQ(CurveTest(base, head, {.pairing = Pairing::kPaired})->p_value,
                   PairedPermutationTest(Point(base, 0), Point(head, 0))->p_value);
}

// |difference| / s and Welch's |t| of equal arms have one order over the points.
TEST(CurveTest, NamesThePointOfTheGreatestT) {
  Random random(2);
  const Curves base = NormalCurves(&random, 6, 20);
  const Curves head = NormalCurves(&random, 6, 20);
  const auto result = CurveTest(base, head);
  ASSERT_TRUE(result.ok());
  std::size_t greatest = 0;
  double greatest_t = 0;
  for (std::size_t point = 0; point < 20; ++point) {
    const double t = std::abs(WelchTTest(Point(base, point), Point(head, point))->statistic);
    if (t > greatest_t) {
      greatest_t = t;
      greatest = point;
    }
  }
  EXPECT_EQ(result->point, greatest);
  EXPECT_NEAR(result->difference,
              WelchTTest(Point(base, greatest), Point(head, greatest))->difference, 1e-12);
  // t^2 (1 - r^2) = (n + m - 2) r^2 with r^2 = nm/((n + m)(n + m - 1)) statistic^2 of equal arms.
  const double r2 = 36.0 / (12 * 11) * result->statistic * result->statistic;
  EXPECT_NEAR(greatest_t, std::sqrt(10 * r2 / (1 - r2)), 1e-12);
}

TEST(CurveTest, FindsADifferenceAtOnePointAndItsDirection) {
  Random random(3);
  const Curves base = NormalCurves(&random, 7, 30);
  Curves head = NormalCurves(&random, 7, 30);
  for (Curve& curve : head) curve[17] -= 10;
  const auto result = CurveTest(base, head);
  EXPECT_TRUE(result->exact);
  EXPECT_DOUBLE_EQ(result->p_value, 2.0 / 3432);
  EXPECT_EQ(result->point, 17u);
  EXPECT_LT(result->difference, -5);
}

// Constant arms at a point: equal ones say nothing, different ones are the greatest difference.
TEST(CurveTest, PointsWithoutSpreadAreJudged) {
  Random random(4);
  Curves base = NormalCurves(&random, 6, 3);
  Curves head = NormalCurves(&random, 6, 3);
  for (Curve& curve : base) curve[0] = 11.5;
  for (Curve& curve : head) curve[0] = 11.5;
  EXPECT_GT(CurveTest(base, head)->p_value, 0.05);
  EXPECT_NE(CurveTest(base, head)->point, 0u);
  for (Curve& curve : head) curve[0] = 11.6;
  for (const Pairing pairing : {Pairing::kUnpaired, Pairing::kPaired}) {
    const auto result = CurveTest(base, head, {.pairing = pairing});
    EXPECT_EQ(result->point, 0u);
    EXPECT_DOUBLE_EQ(result->p_value, SmallestCurveTestPValue(6, 6, pairing));
    EXPECT_NEAR(result->difference, 0.1, 1e-12);
  }
  // Below a metric's resolution of 10 the difference of 0.1 is a hundredth, and others are greater.
  EXPECT_LT(CurveTest(base, head, {.scale_floor = 10})->statistic, 0.2);
}

TEST(CurveTest, EqualCurvesDoNotDiffer) {
  const Curves base(6, Curve{0, 1, 2.5});
  const auto result = CurveTest(base, base);
  EXPECT_EQ(result->statistic, 0);
  EXPECT_EQ(result->p_value, 1);
}

// A difference of one unit in the last place in all replicates is rounding, and nothing is made of
// it beside a point that really spreads.
TEST(CurveTest, RoundingIsNoDifference) {
  Random random(5);
  Curves base = NormalCurves(&random, 6, 2);
  Curves head = NormalCurves(&random, 6, 2);
  for (Curve& curve : base) curve[0] = 1;
  for (Curve& curve : head) curve[0] = std::nextafter(1, 2);
  EXPECT_EQ(CurveTest(base, head)->point, 1u);
}

// 400 null comparisons of 5 correlated points at the smallest level that 5 pairs have, 2/32: the
// share of rejections is 1/16 exactly; four standard errors are 0.048.
TEST(CurveTest, RejectsAtItsLevelOverAllPoints) {
  Random random(6);
  int rejected = 0;
  for (int i = 0; i < 400; ++i) {
    const Curves base = NormalCurves(&random, 5, 5);
    const Curves head = NormalCurves(&random, 5, 5);
    const auto result = CurveTest(base, head, {.pairing = Pairing::kPaired});
    rejected += result->p_value <= 2.0 / 32 ? 1 : 0;
  }
  EXPECT_NEAR(rejected / 400.0, 1.0 / 16, 0.048);
}

// Ten against ten have 184,756 arrangements: more than are enumerated.
TEST(CurveTest, SamplesReproduciblyBeyondTheLimit) {
  Random random(7);
  const Curves base = NormalCurves(&random, 10, 4);
  const Curves head = NormalCurves(&random, 10, 4);
  const CurveTestOptions options = {.num_resamples = 500, .seed = 8};
  const auto result = CurveTest(base, head, options);
  EXPECT_FALSE(result->exact);
  EXPECT_EQ(CurveTest(base, head, options)->p_value, result->p_value);
}

TEST(SmallestCurveTestPValue, UnequalArmsCannotBeExchanged) {
  EXPECT_DOUBLE_EQ(SmallestCurveTestPValue(5, 5, Pairing::kUnpaired), 2.0 / 252);
  EXPECT_DOUBLE_EQ(SmallestCurveTestPValue(4, 5, Pairing::kUnpaired), 1.0 / 126);
  EXPECT_DOUBLE_EQ(SmallestCurveTestPValue(9, 9, Pairing::kPaired), 2.0 / 512);
  const Curves base(4, Curve{0});
  const Curves head(5, Curve{1});
  EXPECT_DOUBLE_EQ(CurveTest(base, head)->p_value, 1.0 / 126);
}

TEST(CurveTest, RefusesCurvesThatCannotBeCompared) {
  const Curves good(3, Curve{1, 2});
  const auto code = [&good](const Curves& head, const CurveTestOptions& options) {
    return ExitCodeFor(CurveTest(good, head, options).status());
  };
  EXPECT_EQ(code({}, {}), ExitCode::kUsage);
  EXPECT_EQ(code(Curves(3, Curve{1}), {}), ExitCode::kUsage);
  EXPECT_EQ(code(Curves(3, Curve{1, INFINITY}), {}), ExitCode::kUsage);
  EXPECT_EQ(code(Curves(2, Curve{1, 2}), {.pairing = Pairing::kPaired}), ExitCode::kUsage);
  EXPECT_EQ(code(good, {.num_resamples = 0}), ExitCode::kUsage);
  EXPECT_EQ(code(good, {.scale_floor = -1}), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
