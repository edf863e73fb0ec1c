#include "harness/stages/reward/scores.h"

#include <cmath>
#include <limits>
#include <map>

#include "gtest/gtest.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

PairRewards FromMargins(const std::vector<double>& margins) {
  const at::Tensor chosen_B = at::tensor(margins, at::TensorOptions(at::kDouble));
  return {chosen_B, at::zeros_like(chosen_B)};
}

// The margin whose stated confidence is `probability`.
double MarginOf(double probability) { return std::log(probability / (1 - probability)); }

TEST(CalibrationError, IsZeroWhereEveryConfidenceIsTheShareOfRightOnes) {
  // Four pairs at 3/4, three of them right.
  const double m = MarginOf(0.75);
  EXPECT_NEAR(CalibrationError(FromMargins({m, m, m, -m})), 0, 1e-15);
}

TEST(CalibrationError, IsTheWeightedDistanceInEachBin) {
  // 0.72 and 0.73 share the bin [0.70, 0.75): accuracy 1/2, confidence 0.725. 0.97 is in the last
  // bin, right: 0.03 off.
  const double error =
      CalibrationError(FromMargins({MarginOf(0.72), -MarginOf(0.73), MarginOf(0.97)}));
  EXPECT_NEAR(error, (2 * 0.225 + 0.03) / 3, 1e-14);
  // In bins of their own the two do not make up for each other: 1 - 0.72 and 0.78.
  EXPECT_NEAR(CalibrationError(FromMargins({MarginOf(0.72), -MarginOf(0.78)})), (0.28 + 0.78) / 2,
              1e-14);
}

TEST(CalibrationError, ACoinTossIsNotRightAndCertaintyIsInTheLastBin) {
  EXPECT_EQ(CalibrationError(FromMargins({0})), 0.5);
  EXPECT_EQ(CalibrationError(FromMargins({1e4})), 0);
  EXPECT_EQ(CalibrationError(FromMargins({-1e4})), 1);
  EXPECT_TRUE(std::isnan(CalibrationError(FromMargins({std::nan("")}))));
}

std::map<std::string, double> ByPath(const std::vector<results::MetricValue>& values) {
  std::map<std::string, double> by_path;
  for (const results::MetricValue& value : values) by_path[value.key.Path()] = value.value;
  return by_path;
}

TEST(HeldOutMetrics, AreThoseOfTheHeader) {
  const PairRewards rewards = {at::tensor({2.0F, 0.5F, -1.0F, 1.0F}),
                               at::tensor({1.0F, 1.5F, -4.0F, 1.0F})};
  const auto values = ByPath(HeldOutMetrics(rewards, {.margin = 0.5}, "t"));
  EXPECT_EQ(values.at("preference_accuracy/t"), 0.5);  // margins 1, -1, 3, 0: a tie is not right
  EXPECT_EQ(values.at("reward_margin/t"), 0.75);
  EXPECT_EQ(values.at("reward_mean/t"), 2.0 / 8);
  EXPECT_EQ(values.at("reward_min/t"), -4);
  EXPECT_EQ(values.at("reward_max/t"), 2);
  double loss = 0;
  for (const double margin : {1.0, -1.0, 3.0, 0.0}) loss += std::log1p(std::exp(-(margin - 0.5)));
  EXPECT_NEAR(values.at("loss/t"), loss / 4, 1e-15);
  EXPECT_EQ(values.at("calibration_error/t"), CalibrationError(rewards));
  EXPECT_EQ(values.size(), 7u);
}

}  // namespace
}  // namespace bench::harness
