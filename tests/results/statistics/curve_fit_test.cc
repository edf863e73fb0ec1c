#include "results/statistics/curve_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/results/statistics/fit_cases.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using Sample = std::vector<double>;

std::string Refusal(CurveKind kind, const Sample& x, const Sample& y) {
  const absl::Status status = FitCurve(kind, x, y).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  return std::string(status.message());
}

// Near the minimum the sum of squares is flat: it tells parameters apart to about the square root
// of 2e-16, times their condition (some 100 here).
void ExpectScipy(const std::string& name, CurveKind kind) {
  for (const auto& row : FitCases(name)) {
    const auto fit = FitCurve(kind, Numbers(row.at("x")), Numbers(row.at("y")));
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectClose(fit->squares, row.at("squares"), 1e-8);
    const Sample parameters = Numbers(row.at("parameters"));
    ASSERT_EQ(fit->parameters.size(), parameters.size());
    for (size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_NEAR(fit->parameters[i], parameters[i], 1e-5 * std::max(1.0, std::abs(parameters[i])))
          << name << " " << i;
    }
    const Sample at = Numbers(row.at("at"));
    EXPECT_NEAR(fit->At(at[0]), at[1], 1e-6);
  }
}

TEST(FitCurve, PowerLawsEqualSciPys) { ExpectScipy("power_law", CurveKind::kPowerLaw); }
TEST(FitCurve, LogisticCurvesEqualSciPys) { ExpectScipy("logistic", CurveKind::kLogistic); }

TEST(FitCurve, FindsTheLawThatPointsLieOn) {
  const Sample x = {1, 2, 4, 8, 16};
  Sample y;
  for (const double value : x) y.push_back(3 + 2 * std::pow(value, -0.5));
  const auto fit = FitCurve(CurveKind::kPowerLaw, x, y);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->parameters[0], 3, 1e-6);
  EXPECT_NEAR(fit->parameters[1], 2, 1e-6);
  EXPECT_NEAR(fit->parameters[2], 0.5, 1e-6);
  EXPECT_NEAR(fit->At(64), 3.25, 1e-6);
}

// At its midpoint a logistic curve is one half, and at e^(1/k) times it 1/(1 + 1/e).
TEST(FitCurve, FindsTheLogisticCurveThatPointsLieOn) {
  const Sample x = {10, 20, 40, 80, 160};
  Sample y;
  for (const double value : x) y.push_back(1 / (1 + std::pow(value / 50, -3)));
  const auto fit = FitCurve(CurveKind::kLogistic, x, y);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(fit->parameters[0], 50, 1e-6);
  EXPECT_NEAR(fit->parameters[1], 3, 1e-6);
  EXPECT_NEAR(fit->At(50), 0.5, 1e-8);
  EXPECT_NEAR(fit->At(50 * std::exp(1.0 / 3)), 1 / (1 + std::exp(-1)), 1e-8);
}

TEST(FitCurve, AStepHasNoSteepness) {
  EXPECT_THAT(Refusal(CurveKind::kLogistic, {1, 2, 4, 8}, {0, 0, 1, 1}), HasSubstr("steepness"));
  // So far apart that a steepness of 4 already meets every point.
  EXPECT_THAT(Refusal(CurveKind::kLogistic, {1, 1.2e3, 1.5e6, 2e9}, {0, 0, 1, 1}),
              HasSubstr("steepness"));
  // Every curve that is steep enough goes through 0, 1/4 and 1 too.
  EXPECT_THAT(Refusal(CurveKind::kLogistic, {1, 1.2e3, 1.5e6, 2e9}, {0, 0.25, 1, 1}),
              HasSubstr("steepness"));
  EXPECT_TRUE(FitCurve(CurveKind::kLogistic, Sample{1, 2, 4, 8}, Sample{0, 0.25, 0.75, 1}).ok());
}

// From ln 2 on every exponent only approaches it.
TEST(FitCurve, AStraightLineInLnXHasNoExponent) {
  EXPECT_THAT(Refusal(CurveKind::kPowerLaw, {1, 2, 4, 8}, {4, 3, 2, 1}), HasSubstr("exponent"));
}

TEST(FitCurve, WhatCannotBeFittedIsRefused) {
  EXPECT_THAT(Refusal(CurveKind::kPowerLaw, {1, 2, 4}, {1, 1, 1}), HasSubstr("does not change"));
  EXPECT_THAT(Refusal(CurveKind::kPowerLaw, {1, 2, 2}, {1, 2, 3}), HasSubstr("2 distinct x"));
  EXPECT_THAT(Refusal(CurveKind::kPowerLaw, {0, 2, 4}, {1, 2, 3}), HasSubstr("greater than 0"));
  EXPECT_THAT(Refusal(CurveKind::kLogistic, {1, 2, 4}, {0, 2, 3}), HasSubstr("between 0 and 1"));
}

}  // namespace
}  // namespace bench::results
