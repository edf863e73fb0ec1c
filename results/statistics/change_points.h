// Where the level of a series of results changed, in hindsight.
//
// As E-divisive, a segment is split where the statistic is greatest over all positions i and ends
// e, both sides at least min_segment long:
//   |mean rank of [0, i) - mean rank of [i, e)| * sqrt(i (e - i) / e)
// in ranks within the segment, which outliers cannot dominate; the free end finds a level that
// lasted a while and went back. The split stays if its permutation p-value is at most max_p_value
// ((b + 1)/(B + 1) over seeded shuffles, given up once it can no longer be), and both parts are
// searched again. In a segment of more than kMaxGrid values i and e are tried at kMaxGrid even
// places, so that a level that is shorter than their distance may be missed. Then each change point
// is put where, between its neighbours, the values deviate least from the medians of both sides
// (sum of absolute deviations), and those are dropped, the least first, whose medians before and
// after (up to the neighbours) are less than max(min_relative_change |before|, min_change) apart. A
// change where that is 0 counts as infinite.
//
// Deterministic in the seed; takes O(min(n, kMaxGrid)^2 + n) per shuffle. Assumes values that are
// exchangeable between changes: a slow drift comes out as steps. Errors: UsageError for more than
// kMaxChangePointValues values, one that is not finite, min_segment < 2, and a p-value that so few
// shuffles cannot reach.
// Sources: Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis", 2014;
// Daly et al., arXiv:2003.00584; Fleming et al., "Hunter", arXiv:2301.03034.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::results {

inline constexpr std::size_t kMaxChangePointValues = 2000;
inline constexpr std::size_t kMaxGrid = 256;

struct ChangePointOptions {
  std::size_t min_segment = 5;
  double min_relative_change = 0.02;
  double min_change = 0;  // in the values' units
  double max_p_value = 0.001;
  int64_t num_resamples = 1999;
  uint64_t seed = 0;
};

struct ChangePoint {
  std::size_t index = 0;  // of the first value after the change
  double before = 0;      // median from the change point before, or the start
  double after = 0;       // median up to the next change point, or the end
  double p_value = 1;     // of the split that found it
};

// In the order of the series; none in one shorter than two segments.
absl::StatusOr<std::vector<ChangePoint>> FindChangePoints(std::span<const double> values,
                                                          const ChangePointOptions& options = {});

}  // namespace bench::results
