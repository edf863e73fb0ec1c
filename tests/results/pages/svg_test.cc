#include "results/pages/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/pages/well_formed.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

std::string PathOf(const SvgPath& path) { return path.Draw("s").str(); }

// In tenths, relative to where the pen is; a minus sign separates numbers by itself.
TEST(SvgPath, WritesRelativeTenths) {
  SvgPath path;
  path.MoveTo(1, 2);
  path.LineTo(2, 1);
  path.LineTo(2.5, 1);
  path.LineTo(0, 3);
  EXPECT_THAT(PathOf(path), HasSubstr(" d=\"m10 20l10-10 5 0-25 20\"/>"));
}

TEST(SvgPath, GoesOnFromTheBeginningOfAClosedPiece) {
  SvgPath path;
  path.MoveTo(1, 1);
  path.LineTo(2, 1);
  path.Close();
  path.MoveTo(3, 3);
  EXPECT_THAT(PathOf(path), HasSubstr("d=\"m10 10l10 0zm20 20\""));
}

TEST(SvgPath, DotsAreLinesWithoutLength) {
  SvgPath path;
  path.Dot(1, 1);
  path.Dot(1, 2);
  EXPECT_THAT(PathOf(path), HasSubstr("d=\"m10 10h0m0 10h0\""));
}

TEST(SvgPath, DropsLinesThatGoNowhere) {
  SvgPath path;
  path.MoveTo(0, 0);
  path.LineTo(1, 1);
  path.LineTo(1.01, 1.01);
  path.LineTo(2, 2);
  EXPECT_THAT(PathOf(path), HasSubstr("d=\"m0 0l10 10 10 10\""));
  EXPECT_TRUE(SvgPath().Draw("s").empty());
}

TEST(SvgChart, HasATitleAndADescriptionThatAreText) {
  const std::string svg = SvgChart(50, "<b>", "a & b", SvgText(1.25, 2, Anchor::kEnd, "<")).str();
  EXPECT_EQ(WhatIsMalformed(svg), "");
  EXPECT_THAT(svg, HasSubstr("<svg viewBox=\"0 0 360 50\" role=\"img\"><title>&lt;b&gt;</title>"
                             "<desc>a &amp; b</desc>"));
  EXPECT_THAT(svg, HasSubstr("<text x=\"1.3\" y=\"2\" text-anchor=\"end\">&lt;</text>"));
}

// Of a plot from 10 to 110 and 0 to 50: 5 is half of the way along either axis.
TEST(DrawAxes, PutsTicksWhereTheirValuesAre) {
  const PlotArea plot = {10, 110, 0, 50, {0, 10, false, {5}, {"five"}}, {0, 10, false, {5}, {"V"}}};
  EXPECT_THAT(DrawHorizontalAxis(plot).str(), HasSubstr("d=\"m600 0l0 500\""));
  EXPECT_THAT(DrawHorizontalAxis(plot).str(), HasSubstr("<text x=\"60\" y=\"64\""));
  EXPECT_THAT(DrawVerticalAxis(plot).str(), HasSubstr("d=\"m100 250l1000 0\""));
  EXPECT_THAT(DrawVerticalAxis(plot).str(), HasSubstr(">V</text>"));
}

// 3 digits of 7.6 and 8 on the left, 14 on the right, 8 above and 30 below.
TEST(PlotOf, LeavesRoomForTheWidestTextOfTheTicks) {
  const PlotArea plot = PlotOf(LinearAxis(0, 1, 5), LinearAxis(0, 100, 2));
  EXPECT_DOUBLE_EQ(plot.left, 8 + 3 * 7.6);
  EXPECT_DOUBLE_EQ(plot.right, kChartWidth - 14);
  EXPECT_DOUBLE_EQ(plot.top, 8);
  EXPECT_DOUBLE_EQ(plot.bottom, kPlotHeight - 30);
  EXPECT_DOUBLE_EQ(plot.X(0), plot.left);
  EXPECT_THAT(DrawAxes(plot, "tokens").str(), HasSubstr(">tokens<"));
}

TEST(ArmClass, RepeatsAfterAllStyles) {
  EXPECT_EQ(ArmClass(0), "arm0");
  EXPECT_EQ(ArmClass(3), "arm3");
  EXPECT_EQ(ArmClass(kArmStyles), "arm0");
}

TEST(LegendSwatch, IsForTheEyeAlone) {
  EXPECT_THAT(LegendSwatch(1).str(), HasSubstr("class=\"swatch arm1\" aria-hidden=\"true\""));
}

}  // namespace
}  // namespace bench::results
