#include "results/statistics/power.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "base/status.h"
#include "results/statistics/distributions.h"
#include "results/statistics/rank_test.h"
#include "tests/results/statistics/normal_draws.h"
#include "tests/results/statistics/scipy_cases.h"

namespace bench::results {
namespace {

TEST(SmallestDetectableEffect, EqualsScipysIntegral) {
  for (const auto& row : ScipyCases("power")) {
    const auto effect = SmallestDetectableEffect(
        row.at("num_base"), row.at("num_head"),
        {.standard_deviation = 0.01, .alpha = row.at("alpha"), .power = row.at("power")});
    ASSERT_TRUE(effect.ok() && effect->has_value());
    // SciPy's quadrature is good to 1e-12, which the slope of the power turns into less than 1e-10.
    ExpectClose(**effect, 0.01 * row.at("effect").get<double>(), 1e-10);
  }
}

// The effect that ten replicates find with a power of 80% at alpha 0.002, planted 1,000 times. The
// efficiency of 3/pi is that of many values: at ten the power may be off by some hundredths, beside
// four standard errors, 0.05.
TEST(SmallestDetectableEffect, IsFoundAsOftenAsPromised) {
  const auto effect = SmallestDetectableEffect(10, 10, {.standard_deviation = 1, .alpha = 0.002});
  ASSERT_TRUE(effect.ok() && effect->has_value());
  Random random(1);
  int found = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto base = NormalDraws(&random, 10);
    const auto head = NormalDraws(&random, 10, **effect);
    found += RankTest(base, head)->p_value <= 0.002 ? 1 : 0;
  }
  EXPECT_NEAR(found / 1000.0, 0.8, 0.08);
}

// Six against six give 2/924 = 0.0022 at least.
TEST(SmallestDetectableEffect, IsAbsentWhereNoPValueReachesAlpha) {
  const PowerOptions options = {.standard_deviation = 0.01, .alpha = 0.002};
  EXPECT_FALSE(SmallestDetectableEffect(6, 6, options)->has_value());
  EXPECT_TRUE(SmallestDetectableEffect(7, 7, options)->has_value());
}

TEST(SmallestDetectableEffect, IsNothingWhereNothingSpreads) {
  EXPECT_EQ(**SmallestDetectableEffect(7, 7, {.standard_deviation = 0}), 0);
}

TEST(ReplicatesToDetect, IsTheLeastSizeWhoseEffectSuffices) {
  const PowerOptions options = {.standard_deviation = 0.01, .alpha = 0.002};
  const auto n = ReplicatesToDetect(0.02, options);
  ASSERT_TRUE(n.ok() && n->has_value());
  EXPECT_LE(**SmallestDetectableEffect(**n, **n, options), 0.02);
  EXPECT_GT(**SmallestDetectableEffect(**n - 1, **n - 1, options), 0.02);
}

// Of many replicates the normal formula holds: n = 2 (z_0.975 + z_0.8)^2 (sd/effect)^2 pi/3, which
// is 1643.9 at a tenth of a deviation; the t test needs about z^2/4 = 1 more.
TEST(ReplicatesToDetect, AgreesWithTheNormalFormula) {
  const auto n = ReplicatesToDetect(0.1, {.standard_deviation = 1});
  ASSERT_TRUE(n.ok() && n->has_value());
  EXPECT_NEAR(static_cast<double>(**n), 1644.9, 1.5);
}

// 2 Phi(margin/se - z_0.95) - 1 = 0.8 at margin/se = z_0.95 + z_0.9: n = 2 (2.9264)^2 * 100 * pi/3.
TEST(ReplicatesForEquivalence, AgreesWithTheNormalFormula) {
  const auto n = ReplicatesForEquivalence(0.1, {.standard_deviation = 1});
  ASSERT_TRUE(n.ok() && n->has_value());
  EXPECT_NEAR(static_cast<double>(**n), 1794.0, 2.5);
}

TEST(Replicates, AreAbsentBeyondTheBound) {
  EXPECT_FALSE(ReplicatesToDetect(0.001, {.standard_deviation = 1})->has_value());
  EXPECT_FALSE(ReplicatesForEquivalence(0.001, {.standard_deviation = 1})->has_value());
}

// Where nothing spreads, or effects are huge, only the smallest p-value limits: 2/C(8, 4) = 0.029,
// one-sided 1/C(6, 3) = 0.05.
TEST(Replicates, AreLimitedBySmallestPValues) {
  for (const double deviation : {0.0, 1e-9}) {
    const PowerOptions options = {.standard_deviation = deviation};
    EXPECT_EQ(**ReplicatesToDetect(1, options), 4);
    EXPECT_EQ(**ReplicatesForEquivalence(1, options), 3);
  }
}

TEST(Power, RefusesWhatIsNoQuestion) {
  EXPECT_EQ(ExitCodeFor(SmallestDetectableEffect(1, 9, {}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(SmallestDetectableEffect(9, 9, {.power = 1}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(SmallestDetectableEffect(9, 9, {.standard_deviation = NAN}).status()),
            ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(ReplicatesToDetect(0, {}).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(ReplicatesForEquivalence(-1, {}).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
