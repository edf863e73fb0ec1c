#include "results/statistics/fit_band.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/status.h"

namespace bench::results {
namespace {

// y = 3 + 2 x^-0.5, each replicate `spread` above or below it.
std::vector<FitPoint> Points(double spread, size_t num_replicates) {
  std::vector<FitPoint> points;
  for (const double x : {16.0, 1.0, 2.0, 8.0, 4.0}) {
    FitPoint point = {x, {}};
    for (size_t r = 0; r < num_replicates; ++r) {
      const double aside = num_replicates == 1 ? 0 : (r % 2 == 0 ? spread : -spread);
      point.y.push_back(3 + 2 * std::pow(x, -0.5) + aside);
    }
    points.push_back(point);
  }
  return points;
}

TEST(FitWithBand, ThePointOfTheLargestXIsPredictedAndNotFitted) {
  std::vector<FitPoint> points = Points(0.01, 4);
  points[0].y = {9, 9, 9, 9};  // x = 16: 3.5 by the law
  const auto fit = FitWithBand(CurveKind::kPowerLaw, points, {.held_out = HeldOut::kLargestX});
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->curve.parameters[2], 0.5, 1e-5);
  ASSERT_TRUE(fit->held_out.has_value());
  EXPECT_EQ(fit->held_out->predicted.x, 16);
  EXPECT_NEAR(fit->held_out->predicted.y, 3.5, 1e-5);
  EXPECT_EQ(fit->held_out->measured, 9);
  ASSERT_TRUE(fit->held_out->predicted.interval.has_value());
  EXPECT_TRUE(fit->held_out->predicted.interval->Contains(3.5));
  EXPECT_FALSE(fit->held_out->predicted.interval->Contains(9));
}

// Beside it another point would tell what is to be predicted.
TEST(FitWithBand, OfSeveralPointsWithTheLargestXNoneIsHeldOut) {
  std::vector<FitPoint> points = Points(0.01, 4);
  points.push_back(points[0]);  // x = 16
  EXPECT_TRUE(FitWithBand(CurveKind::kPowerLaw, points).ok());
  const absl::Status refused =
      FitWithBand(CurveKind::kPowerLaw, points, {.held_out = HeldOut::kLargestX}).status();
  EXPECT_EQ(ExitCodeFor(refused), ExitCode::kUsage);
  EXPECT_NE(refused.message().find("several points have the largest x"), std::string::npos);
}

TEST(FitWithBand, TheCurveGoesToThePointThatIsHeldOut) {
  const auto fit =
      FitWithBand(CurveKind::kPowerLaw, Points(0.01, 4), {.held_out = HeldOut::kLargestX});
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->points.front().x, 1, 1e-12);
  EXPECT_NEAR(fit->points.back().x, 16, 1e-12);
  for (const FittedPoint& point : fit->points) {
    ASSERT_TRUE(point.interval.has_value());
    EXPECT_TRUE(point.interval->Contains(point.y));
  }
}

TEST(FitWithBand, ReplicatesThatSpreadMoreHaveAWiderBand) {
  const auto width = [](double spread) {
    const auto fit = FitWithBand(CurveKind::kPowerLaw, Points(spread, 4));
    EXPECT_TRUE(fit.ok()) << fit.status();
    const Interval& interval = *fit->points.back().interval;
    return interval.high - interval.low;
  };
  EXPECT_GT(width(0.02), 1.5 * width(0.005));
}

TEST(FitWithBand, OneReplicateHasACurveAndNoBand) {
  const auto fit = FitWithBand(CurveKind::kPowerLaw, Points(0, 1));
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->curve.parameters[0], 3, 1e-6);
  EXPECT_TRUE(fit->parameters.empty());
  EXPECT_FALSE(fit->points.front().interval.has_value());
}

TEST(FitWithBand, IsTheSameAgain) {
  const auto once = FitWithBand(CurveKind::kPowerLaw, Points(0.01, 4), {.seed = 3});
  const auto again = FitWithBand(CurveKind::kPowerLaw, Points(0.01, 4), {.seed = 3});
  ASSERT_TRUE(once.ok() && again.ok());
  EXPECT_EQ(once->parameters, again->parameters);
}

TEST(FitWithBand, APointWithoutValuesIsRefused) {
  std::vector<FitPoint> points = Points(0.01, 4);
  points[1].y.clear();
  EXPECT_EQ(ExitCodeFor(FitWithBand(CurveKind::kPowerLaw, points).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
