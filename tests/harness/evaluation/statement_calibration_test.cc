#include "harness/evaluation/statement_calibration.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bench::harness {
namespace {

// Two names, two values each: statements 0 to 3. True are 0 (twice in three rows), 3 (once) and, of
// no row, 2.
StatementSpace Space() { return {{1}, {{4, 2}, {6, 2}}, {0, 3, 2}, {2, 1, 0}}; }

std::vector<double> Logs(const std::vector<double>& probabilities) {
  std::vector<double> logs;
  for (const double probability : probabilities) logs.push_back(std::log(probability));
  return logs;
}

constexpr double kRounding = 1e-15;

TEST(StatementCalibration, MassesAreThoseOfTheirStatements) {
  const StatementCalibration found = Calibrate(Space(), Logs({0.4, 0.2, 0.1, 0.15}));
  EXPECT_NEAR(found.seen_mass, 0.55, kRounding);
  EXPECT_NEAR(found.unseen_mass, 0.1, kRounding);
  EXPECT_NEAR(found.hallucination_rate, 0.2, kRounding);
  EXPECT_NEAR(found.malformed_rate, 0.15, kRounding);
  EXPECT_NEAR(found.loss, -std::log(0.4 * 0.1 * 0.15) / 3, 4 * kRounding);
}

TEST(StatementCalibration, RowsGiveMonofactRateAndMissingMass) {
  const StatementCalibration found = Calibrate(Space(), Logs({0.25, 0.25, 0.25, 0.25}));
  EXPECT_EQ(found.monofact_rate, 1.0 / 3);  // of three rows one has a statement of its own
  EXPECT_EQ(found.missing_mass, 1.0 / 3);   // of three true statements one has no row
}

// Bins [1/4, 1/2): .4, true 1/3; [1/8, 1/4): .2 and .15, true 1/3; [1/16, 1/8): .1, true 1/3; and
// .15 that are no statements: (.0666 + .01666 + .2333 + .15) / 2.
TEST(StatementCalibration, MiscalibrationIsHalfTheDistanceOfBins) {
  const StatementCalibration found = Calibrate(Space(), Logs({0.4, 0.2, 0.1, 0.15}));
  ASSERT_EQ(found.bins.size(), 3U);
  EXPECT_EQ(found.bins[0].exponent, -4);
  EXPECT_EQ(found.bins[1].exponent, -3);
  EXPECT_EQ(found.bins[2].exponent, -2);
  EXPECT_EQ(found.bins[1].num_statements, 2);
  EXPECT_NEAR(found.bins[1].model_mass, 0.35, kRounding);
  EXPECT_NEAR(found.bins[1].true_mass, 1.0 / 3, kRounding);
  const double expected = (0.4 - 1.0 / 3 + 0.35 - 1.0 / 3 + 1.0 / 3 - 0.1 + 0.15) / 2;
  EXPECT_NEAR(found.miscalibration, expected, 2 * kRounding);
  EXPECT_NEAR(found.bound(), 1.0 / 3 - expected, 2 * kRounding);
  EXPECT_NEAR(found.margin(), 0.2 - 1.0 / 3 + expected, 2 * kRounding);
}

// The same for all, .75 of it true: calibrated, and false by a quarter.
TEST(StatementCalibration, AModelThatTellsNothingApartIsCalibrated) {
  const StatementCalibration found = Calibrate(Space(), Logs({0.25, 0.25, 0.25, 0.25}));
  EXPECT_NEAR(found.miscalibration, 0, kRounding);
  EXPECT_NEAR(found.hallucination_rate, 0.25, kRounding);
}

// Half of the mass on each statement that was seen: never false, and miscalibrated by what is
// missing: |1 - 2/3| / 2 + |0 - 1/3| / 2.
TEST(StatementCalibration, WhoNeverHallucinatesIsMiscalibratedByTheMissingMass) {
  const StatementCalibration found = Calibrate(Space(), Logs({0.5, 1e-300, 1e-300, 0.5}));
  EXPECT_NEAR(found.hallucination_rate, 0, kRounding);
  EXPECT_NEAR(found.miscalibration, found.missing_mass, 2 * kRounding);
  EXPECT_NEAR(found.margin(), 0, 2 * kRounding);
}

}  // namespace
}  // namespace bench::harness
