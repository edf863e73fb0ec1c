#include "harness/definition/sweep_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> Names(const std::vector<SweepPoint>& points) {
  std::vector<std::string> names;
  for (const SweepPoint& point : points) names.push_back(point.name);
  return names;
}

TEST(GridPoints, TheFirstAxisChangesSlowest) {
  const auto points = GridPoints({{"model.num_layers", {"1", "2"}}, {"base_seed", {"7", "8"}}});
  EXPECT_THAT(Names(points), ElementsAre("num_layers=1,base_seed=7", "num_layers=1,base_seed=8",
                                         "num_layers=2,base_seed=7", "num_layers=2,base_seed=8"));
  EXPECT_THAT(points[1].overrides, ElementsAre("model.num_layers=1", "base_seed=8"));
  EXPECT_THAT(points[1].values, ElementsAre("1", "8"));
}

TEST(GridPoints, WithoutAxesThereIsOnePointOfNoName) {
  const auto points = GridPoints({});
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].name, "");
  EXPECT_THAT(points[0].overrides, IsEmpty());
}

// Values that differ in nothing but what a name does not have.
TEST(GridPoints, NamesAreDistinct) {
  EXPECT_THAT(Names(GridPoints({{"k", {"a/b", "a:b"}}})), ElementsAre("k=a_b", "k=a_b-2"));
}

TEST(GridPoints, KeysThatEndAlikeAreWhole) {
  EXPECT_THAT(Names(GridPoints({{"a.steps", {"1"}}, {"b.steps", {"2"}}})),
              ElementsAre("a.steps=1,b.steps=2"));
}

TEST(PointsOf, EveryArmTakesEveryPoint) {
  SweepSpec spec;
  spec.arms = {{"chain", SweepRole::kTreatment, {}},
               {"direct", SweepRole::kControl, {"data.dataset=d@1"}}};
  spec.axes = {{"model.hidden_size", {"8", "16"}}};
  const auto points = PointsOf(spec);
  ASSERT_THAT(points, SizeIs(4));
  EXPECT_EQ(points[1].name, "chain,hidden_size=16");
  EXPECT_EQ(points[2].name, "direct,hidden_size=8");
  EXPECT_EQ(points[2].arm, "direct");
  EXPECT_EQ(points[2].role, SweepRole::kControl);
  // The axis comes last: of one key the last setting counts.
  EXPECT_THAT(points[2].overrides, ElementsAre("data.dataset=d@1", "model.hidden_size=8"));
}

TEST(PointsOf, WhatThereIsNoneOfIsNotInTheName) {
  SweepSpec arms;
  arms.arms = {{"chain", SweepRole::kTreatment, {}}};
  EXPECT_EQ(PointsOf(arms)[0].name, "chain");
  SweepSpec axes;
  axes.axes = {{"model.hidden_size", {"8"}}};
  EXPECT_EQ(PointsOf(axes)[0].name, "hidden_size=8");
}

TEST(SameNumber, IsAlikeForTheSameNumberOnly) {
  EXPECT_EQ(SameNumber("1e-3"), SameNumber("0.001"));
  EXPECT_NE(SameNumber("1e-3"), SameNumber("2e-3"));
  EXPECT_EQ(SameNumber("text"), "text");
}

}  // namespace
}  // namespace bench::harness
