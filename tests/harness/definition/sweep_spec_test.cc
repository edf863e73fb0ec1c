#include "harness/definition/sweep_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kArms = R"(stage = "sweep"
[sweep]
experiment = "e@1"
metrics = ["accuracy", "loss/late"]
[[sweep.arms]]
name = "chain"
[[sweep.arms]]
name = "direct"
role = "control"
set = ["data.dataset=d@1"]
)";

constexpr std::string_view kSizes = R"(stage = "sweep"
[sweep]
experiment = "e@1"
metrics = ["loss", "parameters"]
[[sweep.axes]]
key = "model.hidden_size"
values = ["8", "16", "32", "64"]
[[sweep.fits]]
kind = "power_law"
x = "parameters"
y = "loss"
held_out = "largest"
)";

std::string WithBound(std::string_view bound) {
  return absl::StrCat(std::string(kArms), "[[acceptance]]\n", std::string(bound), "\n");
}

TEST(SweepSpec, NeedsTheExperimentThatItRuns) {
  const auto definition = Decode(kArms);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(ReferencedArtifacts(*definition), ElementsAre(ArtifactRef{"e", 1}));
  const auto& spec = std::get<SweepSpec>(definition->stage);
  EXPECT_EQ(spec.replicates, 3);
  EXPECT_EQ(spec.arms[0].role, SweepRole::kTreatment);
  EXPECT_EQ(spec.arms[1].role, SweepRole::kControl);
  EXPECT_THAT(spec.arms[1].set, ElementsAre("data.dataset=d@1"));
}

TEST(SweepSpec, HasPointsAndMetrics) {
  EXPECT_THAT(Refusal("stage = \"sweep\"\n[sweep]\nexperiment = \"e@1\"\nmetrics = [\"loss\"]\n"),
              HasSubstr("needs arms, axes or both"));
  EXPECT_THAT(Refusal(kArms, {"sweep.metrics=[]"}), HasSubstr("names no metric"));
  EXPECT_THAT(Refusal(kArms, {R"(sweep.metrics=["a","a"])"}), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(Refusal(kArms, {R"(sweep.arms=[{name="a"},{name="a"}])"}),
              HasSubstr("another arm has this name"));
  EXPECT_THAT(Refusal(kArms, {R"(sweep.arms=[{name="a",set=["steps"]}])"}),
              HasSubstr("is not key=value"));
}

TEST(SweepSpec, TheSameNumberTwiceIsNoAxis) {
  EXPECT_THAT(Refusal(kArms, {R"(sweep.axes=[{key="lr",values=["1e-3","0.001"]}])"}),
              HasSubstr("\"0.001\" is there twice"));
  EXPECT_THAT(Refusal(kArms, {R"(sweep.axes=[{key="lr",values=[]}])"}), HasSubstr("values"));
}

// 2 arms x 5 x 1,000 replicates are 10,000; one value more is too many.
TEST(SweepSpec, HasAtMostTenThousandChildren) {
  const std::string five = R"(sweep.axes=[{key="k",values=["1","2","3","4","5"]}])";
  const std::string six = R"(sweep.axes=[{key="k",values=["1","2","3","4","5","6"]}])";
  EXPECT_THAT(Refusal(kArms, {"sweep.replicates=1000", five}), IsEmpty());
  EXPECT_THAT(Refusal(kArms, {"sweep.replicates=1000", six}), HasSubstr("more than 10000"));
}

TEST(SweepSpec, AFitHasMorePointsThanParameters) {
  EXPECT_THAT(Refusal(kSizes), IsEmpty());
  const std::string three = R"(sweep.axes=[{key="model.hidden_size",values=["8","16","32"]}])";
  EXPECT_THAT(Refusal(kSizes, {three}), HasSubstr("needs 3 points of different x beside"));
  EXPECT_THAT(Refusal(kSizes, {R"(sweep.metrics=["loss"])"}),
              HasSubstr("\"parameters\" is none of sweep.metrics"));
}

// Arms tie settings together: three of them are three points, but that a control is none.
TEST(SweepSpec, AFitMayGoAcrossArms) {
  const std::string no_axes = "sweep.axes=[]";
  const std::string fit = R"(sweep.fits=[{kind="power_law",x="parameters",y="loss"}])";
  const std::string three = R"(sweep.arms=[{name="a"},{name="b"},{name="c"}])";
  EXPECT_THAT(Refusal(kSizes, {no_axes, three, fit}), IsEmpty());
  const std::string one_fails = R"(sweep.arms=[{name="a"},{name="b"},{name="c",role="control"}])";
  EXPECT_THAT(Refusal(kSizes, {no_axes, one_fails, fit}), HasSubstr("there are 2"));
  const std::string of_a = R"(sweep.fits=[{kind="power_law",x="parameters",y="loss",arm="a"}])";
  EXPECT_THAT(Refusal(kSizes, {three, of_a}), IsEmpty());
  EXPECT_THAT(Refusal(kSizes, {no_axes, three, of_a}), HasSubstr("there are 1"));
}

TEST(SweepSpec, AnAxisThatIsXHasNumbersGreaterThanZero) {
  const auto refusal = [](const std::string& values) {
    return Refusal(kSizes,
                   {absl::StrCat(R"(sweep.axes=[{key="model.hidden_size",values=)", values, "}]"),
                    R"(sweep.fits=[{kind="logistic",x="model.hidden_size",y="loss"}])"});
  };
  EXPECT_THAT(refusal(R"(["8","16"])"), IsEmpty());
  EXPECT_THAT(refusal(R"(["8","wide"])"),
              HasSubstr("\"wide\" of the axis model.hidden_size is no"));
  EXPECT_THAT(refusal(R"(["0","8","16"])"), HasSubstr("\"0\" of the axis"));
  EXPECT_THAT(refusal(R"(["8","inf"])"), HasSubstr("\"inf\" of the axis"));
}

// Every value of the other axis, and every arm, has a point there.
TEST(SweepSpec, OfSeveralPointsWithTheLargestXNoneIsHeldOut) {
  const std::string fit =
      R"(sweep.fits=[{kind="logistic",x="model.hidden_size",y="loss",held_out="largest"}])";
  EXPECT_THAT(Refusal(kSizes, {fit}), IsEmpty());
  const std::string two_axes =
      R"(sweep.axes=[{key="model.hidden_size",values=["8","16","32"]},{key="s",values=["1","2"]}])";
  EXPECT_THAT(Refusal(kSizes, {two_axes, fit}), HasSubstr("none can be held out"));
  EXPECT_THAT(Refusal(kSizes, {R"(sweep.arms=[{name="a"},{name="b"}])", fit}),
              HasSubstr("none can be held out"));
}

TEST(SweepBound, IsExactlyOneOfThree) {
  EXPECT_THAT(Refusal(WithBound("metric = \"accuracy/chain\"\nmin = 0.9")), IsEmpty());
  EXPECT_THAT(Refusal(WithBound("difference = {metric = \"accuracy\", arm = \"chain\", than = "
                                "\"direct\", min = 0.5}")),
              IsEmpty());
  EXPECT_THAT(Refusal(WithBound("chance = {metric = \"accuracy\", arm = \"direct\", value = 0.2}")),
              IsEmpty());
  EXPECT_THAT(Refusal(WithBound("min = 0.9")), HasSubstr("exactly one of"));
  EXPECT_THAT(Refusal(WithBound("metric = \"accuracy/chain\"\nmin = 1\nchance = {metric = "
                                "\"accuracy\", arm = \"direct\", value = 0.2}")),
              HasSubstr("exactly one of"));
}

TEST(SweepBound, NamesMetricsAndArmsOfTheSweep) {
  EXPECT_THAT(Refusal(WithBound("metric = \"accuracy\"\nmin = 0.9")), HasSubstr("no METRIC/ARM"));
  EXPECT_THAT(Refusal(WithBound("metric = \"loss/late/direct\"\nmax = 2")), IsEmpty());
  EXPECT_THAT(Refusal(WithBound("difference = {metric = \"accuracy\", arm = \"chain\", than = "
                                "\"filler\", min = 0.5}")),
              HasSubstr("there is no arm \"filler\""));
  EXPECT_THAT(Refusal(WithBound("difference = {metric = \"edits\", arm = \"chain\", than = "
                                "\"direct\", min = 0.5}")),
              HasSubstr("\"edits\" is none of sweep.metrics"));
  EXPECT_THAT(Refusal(WithBound("difference = {metric = \"accuracy\", arm = \"chain\", than = "
                                "\"direct\"}")),
              HasSubstr("difference.min"));
  EXPECT_THAT(Refusal(WithBound("chance = {metric = \"accuracy\", arm = \"direct\"}")),
              HasSubstr("chance.value"));
}

TEST(SweepBound, ThoseOnTheSummaryAreBoundsAsOfEveryStage) {
  const auto definition = Decode(WithBound("metric = \"accuracy/chain\"\nmin = 0.9"));
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto bounds = AcceptanceBounds(*definition);
  ASSERT_EQ(bounds.size(), 1u);
  EXPECT_EQ(bounds[0].metric, "accuracy/chain");
  EXPECT_EQ(bounds[0].min, 0.9);
}

}  // namespace
}  // namespace bench::harness
