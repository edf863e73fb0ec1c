#include "results/pages/curve_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace bench::results {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const double kNan = std::nan("");

std::vector<int64_t> UpTo(int64_t count) {
  std::vector<int64_t> x(static_cast<size_t>(count));
  std::iota(x.begin(), x.end(), 0);
  return x;
}

TEST(ThinnedCurve, OfFewPointsIsWhole) {
  const std::vector<int64_t> x = {1, 2, 5};
  const std::vector<double> y = {3, 1, 2};
  EXPECT_THAT(ThinnedCurve({x, y}, 2), ElementsAre(CurvePoint{1, 3, true}, CurvePoint{2, 1, false},
                                                   CurvePoint{5, 2, false}));
}

// Ten points in two columns, of x 0 to 4 and 5 to 9 (9 / 9 is put into the last): the first and
// last point, and the least and the greatest of each.
TEST(ThinnedCurve, KeepsLeastAndGreatestOfEveryColumn) {
  const std::vector<int64_t> x = UpTo(10);
  const std::vector<double> y = {5, 6, 4, 9, 5, 5, 2, 5, 7, 5};
  EXPECT_THAT(
      ThinnedCurve({x, y}, 2),
      ElementsAre(CurvePoint{0, 5, true}, CurvePoint{2, 4, false}, CurvePoint{3, 9, false},
                  CurvePoint{6, 2, false}, CurvePoint{8, 7, false}, CurvePoint{9, 5, false}));
}

TEST(ThinnedCurve, KeepsASpikeOfOneStepInAHundredThousand) {
  const std::vector<int64_t> x = UpTo(100'000);
  std::vector<double> y(x.size(), 1);
  y[54'321] = 50;
  y[54'322] = -50;
  const std::vector<CurvePoint> points = ThinnedCurve({x, y}, 100);
  EXPECT_LE(points.size(), 202U);
  EXPECT_THAT(points, Contains(CurvePoint{54'321, 50, false}));
  EXPECT_THAT(points, Contains(CurvePoint{54'322, -50, false}));
}

TEST(ThinnedCurve, LeavesGapsWhereValuesAreNotFinite) {
  const std::vector<int64_t> x = UpTo(4);
  const std::vector<double> y = {1, kNan, 3, std::numeric_limits<double>::infinity()};
  EXPECT_THAT(ThinnedCurve({x, y}, 4), ElementsAre(CurvePoint{0, 1, true}, CurvePoint{2, 3, true}));
}

TEST(ThinnedCurve, LeavesAGapWithinAColumn) {
  const std::vector<int64_t> x = UpTo(1000);
  std::vector<double> y(x.size(), 1);
  y[550] = kNan;
  size_t num_pieces = 0;
  for (const CurvePoint& point : ThinnedCurve({x, y}, 10)) num_pieces += point.begins ? 1 : 0;
  EXPECT_EQ(num_pieces, 2U);
}

TEST(ThinnedCurve, StaysSmallHoweverManyGapsThereAre) {
  const std::vector<int64_t> x = UpTo(100'000);
  std::vector<double> y(x.size(), 1);
  for (size_t i = 0; i < y.size(); i += 2) y[i] = kNan;
  EXPECT_LE(ThinnedCurve({x, y}, 100).size(), 402U);
}

TEST(ThinnedCurve, OfNothingFiniteIsNothing) {
  const std::vector<int64_t> x = UpTo(100);
  const std::vector<double> y(x.size(), kNan);
  EXPECT_THAT(ThinnedCurve({x, y}, 10), IsEmpty());
  EXPECT_THAT(ThinnedCurve({x, y}, 1000), IsEmpty());
  EXPECT_THAT(ThinnedCurve({}, 10), IsEmpty());
}

// At 1 all three runs have a value, at 2 two of them, at 3 one, which is no more than half.
TEST(EnvelopeOf, HasWhatMoreThanHalfOfTheRunsHave) {
  const std::vector<int64_t> x3 = {1, 2, 3}, x2 = {1, 2}, x1 = {1};
  const std::vector<double> a = {5, 6, 7}, b = {1, 2}, c = {4};
  const std::vector<RunCurve> runs = {{x3, a}, {x2, b}, {x1, c}};
  const Envelope envelope = EnvelopeOf(runs);
  EXPECT_THAT(envelope.x, ElementsAre(1, 2));
  EXPECT_THAT(envelope.median, ElementsAre(4, 4));
  EXPECT_THAT(envelope.low, ElementsAre(1, 2));
  EXPECT_THAT(envelope.high, ElementsAre(5, 6));
}

TEST(EnvelopeOf, HasAGapWhereMostRunsHaveNoFiniteValue) {
  const std::vector<int64_t> x = {1, 2, 3};
  const std::vector<double> a = {1, kNan, 3}, b = {3, kNan, kNan}, c = {2, 5, 4};
  const std::vector<RunCurve> runs = {{x, a}, {x, b}, {x, c}};
  const Envelope envelope = EnvelopeOf(runs);
  EXPECT_THAT(envelope.x, ElementsAre(1, 2, 3));
  EXPECT_EQ(envelope.median[0], 2);
  EXPECT_TRUE(std::isnan(envelope.median[1]));
  EXPECT_EQ(envelope.median[2], 3.5);
  EXPECT_THAT(ThinnedBand(envelope, 10),
              ElementsAre(BandPoint{1, 1, 3, true}, BandPoint{3, 3, 4, true}));
}

TEST(ThinnedBand, IsAsWideAsItsWidestPlaceInAColumn) {
  Envelope envelope;
  envelope.x = UpTo(10);
  envelope.low = {5, 4, 3, 4, 5, 6, 6, 6, 6, 6};
  envelope.high = {7, 7, 7, 9, 7, 7, 8, 7, 7, 7};
  EXPECT_THAT(ThinnedBand(envelope, 2),
              ElementsAre(BandPoint{0, 3, 9, true}, BandPoint{9, 6, 8, false}));
}

}  // namespace
}  // namespace bench::results
