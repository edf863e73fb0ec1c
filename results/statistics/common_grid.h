// Series that were recorded at different token counts, brought onto one grid.
//
// Series of equally many points of which the k-th are at about the same count (kSameCount), as runs
// leave them whose rows have other lengths with each seed: the k-th points go together as they are,
// at the mean of their counts. So the last evaluation, at which runs differ most, is not lost.
//
// Others are interpolated. The overlap is [greatest first count, least last count] of all series.
// The grid consists of the token counts within the overlap of that series which has the fewest
// there (the first of several): interpolation never shows more points than some series has, and
// series of one cadence keep their own points and values. Between two points a value is
// interpolated linearly; at a point of the series it is exactly its value.
//
// Errors: UsageError for no series, a series of other lengths or without a point, token counts that
// do not increase strictly, anything that is not finite, and series without a common point.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::results {

inline constexpr double kSameCount = 0.05;  // of the greater count

struct TokenSeries {
  std::vector<double> tokens;  // strictly increasing
  std::vector<double> values;  // one a token count
};

struct GriddedSeries {
  std::vector<double> tokens;
  std::vector<std::vector<double>> values;  // [series][point]
};

absl::StatusOr<GriddedSeries> PutOnCommonGrid(std::span<const TokenSeries> series);

}  // namespace bench::results
