#include "results/statistics/common_grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/status.h"

namespace bench::results {
namespace {

using Numbers = std::vector<double>;

TEST(PutOnCommonGrid, SeriesOfOneCadenceStayAsTheyAre) {
  const std::vector<TokenSeries> series = {{{10, 20, 30}, {0.1, 0.2, 0.7}},
                                           {{10, 20, 30}, {3, 2, 1}}};
  const auto gridded = PutOnCommonGrid(series);
  ASSERT_TRUE(gridded.ok());
  EXPECT_EQ(gridded->tokens, series[0].tokens);
  EXPECT_EQ(gridded->values, (std::vector<Numbers>{series[0].values, series[1].values}));
}

TEST(PutOnCommonGrid, PointsAtAboutTheSameCountGoTogether) {
  const std::vector<TokenSeries> series = {{{100, 1000}, {1, 2}}, {{104, 990}, {3, 4}}};
  const auto gridded = PutOnCommonGrid(series);
  ASSERT_TRUE(gridded.ok()) << gridded.status();
  EXPECT_EQ(gridded->tokens, (Numbers{102, 995}));
  EXPECT_EQ(gridded->values, (std::vector<Numbers>{{1, 2}, {3, 4}}));
  // One evaluation, at the end: nothing could be interpolated.
  const std::vector<TokenSeries> single = {{{30720}, {1}}, {{30692}, {2}}};
  const auto of_single = PutOnCommonGrid(single);
  ASSERT_TRUE(of_single.ok()) << of_single.status();
  EXPECT_EQ(of_single->values, (std::vector<Numbers>{{1}, {2}}));
  // More than a twentieth apart at one point: interpolated, within the overlap.
  const std::vector<TokenSeries> apart = {{{100, 1000}, {1, 2}}, {{106, 1000}, {3, 4}}};
  const auto of_apart = PutOnCommonGrid(apart);
  ASSERT_TRUE(of_apart.ok()) << of_apart.status();
  EXPECT_EQ(of_apart->tokens, Numbers{1000});
}

// The overlap is [10, 40]. The second series has two points there, the first one three.
TEST(PutOnCommonGrid, InterpolatesLinearlyWithinTheOverlapAtTheSparserPoints) {
  const std::vector<TokenSeries> series = {{{0, 10, 20, 40}, {8, 4, 2, 1}},
                                           {{10, 25, 50, 60}, {5, 6, 7, 8}}};
  const auto gridded = PutOnCommonGrid(series);
  ASSERT_TRUE(gridded.ok());
  EXPECT_EQ(gridded->tokens, (Numbers{10, 25}));
  EXPECT_EQ(gridded->values[0], (Numbers{4, 1.75}));  // 2 + 5/20 * (1 - 2)
  EXPECT_EQ(gridded->values[1], (Numbers{5, 6}));
}

TEST(PutOnCommonGrid, RefusesSeriesWithNothingInCommonAndSeriesThatAreNone) {
  const auto code = [](const std::vector<TokenSeries>& series) {
    return ExitCodeFor(PutOnCommonGrid(series).status());
  };
  EXPECT_EQ(code({}), ExitCode::kUsage);
  EXPECT_EQ(code({{{}, {}}}), ExitCode::kUsage);
  EXPECT_EQ(code({{{1, 2}, {1}}}), ExitCode::kUsage);
  EXPECT_EQ(code({{{1, 1}, {1, 2}}}), ExitCode::kUsage);
  EXPECT_EQ(code({{{1, 2}, {1, NAN}}}), ExitCode::kUsage);
  EXPECT_EQ(code({{{1, 2}, {1, 2}}, {{3, 4}, {1, 2}}}), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::results
