#include "harness/run/sweep_fits.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/metrics.h"
#include "tests/results/sample_record.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Arms a and b at two sizes, two replicates each.
class SweepFits : public ::testing::Test {
 protected:
  SweepFits() {
    spec_.metrics = {"loss", "parameters"};
    spec_.arms = {{"a", SweepRole::kTreatment, {}}, {"b", SweepRole::kControl, {}}};
    spec_.axes = {{"model.hidden_size", {"8", "16"}}};
    for (ArmPoint& point : PointsOf(spec_)) points_.push_back({std::move(point), {}});
    double value = 0;
    for (const LoadedPoint& point : points_) {
      sweep_.values["loss/" + point.point.name] = {results::Info(results::kLoss),
                                                   {value, value + 1}};
      sweep_.values["parameters/" + point.point.name] = {results::Info(results::kParameters),
                                                         {100 + value, 100 + value}};
      value += 10;
    }
  }

  SweepSpec spec_;
  std::vector<LoadedPoint> points_;
  results::Sweep sweep_;
};

TEST_F(SweepFits, TakesThePointsOfItsArmByTheirAxis) {
  const SweepFitSpec fit = {SweepFitKind::kPowerLaw, "model.hidden_size", "loss", "b",
                            SweepHeldOut::kNone};
  const auto points = FitPointsOf(fit, spec_, points_, sweep_);
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_THAT(*points, SizeIs(2));
  EXPECT_EQ(points->at(0).x, 8);
  EXPECT_THAT(points->at(0).y, ElementsAre(20, 21));
  EXPECT_EQ(points->at(1).x, 16);
}

TEST_F(SweepFits, OrByAMetric) {
  const SweepFitSpec fit = {SweepFitKind::kPowerLaw, "parameters", "loss", "a",
                            SweepHeldOut::kNone};
  const auto points = FitPointsOf(fit, spec_, points_, sweep_);
  ASSERT_TRUE(points.ok()) << points.status();
  EXPECT_EQ(points->at(1).x, 110);
}

// b is a control.
TEST_F(SweepFits, WithoutAnArmTakesAllThatAreNoControls) {
  const SweepFitSpec fit = {SweepFitKind::kPowerLaw, "parameters", "loss", "", SweepHeldOut::kNone};
  EXPECT_THAT(*FitPointsOf(fit, spec_, points_, sweep_), SizeIs(2));
  for (LoadedPoint& point : points_) point.point.role = SweepRole::kBaseline;
  const auto points = FitPointsOf(fit, spec_, points_, sweep_);
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_THAT(*points, SizeIs(4));
  EXPECT_EQ(points->at(3).x, 130);
}

TEST_F(SweepFits, WhatIsNoNumberOrWasNotMeasuredIsRefused) {
  spec_.axes[0].values = {"small", "16"};
  points_[0].point.values = {"small"};
  const SweepFitSpec by_axis = {SweepFitKind::kPowerLaw, "model.hidden_size", "loss", "a",
                                SweepHeldOut::kNone};
  const absl::Status word = FitPointsOf(by_axis, spec_, points_, sweep_).status();
  EXPECT_EQ(ExitCodeFor(word), ExitCode::kUsage);
  EXPECT_THAT(std::string(word.message()), HasSubstr("small is no number"));
  sweep_.values.erase("loss/b,hidden_size=16");
  const SweepFitSpec of_b = {SweepFitKind::kPowerLaw, "model.hidden_size", "loss", "b",
                             SweepHeldOut::kNone};
  EXPECT_THAT(std::string(FitPointsOf(of_b, spec_, points_, sweep_).status().message()),
              HasSubstr("b,hidden_size=16 did not measure loss"));
}

}  // namespace
}  // namespace bench::harness
