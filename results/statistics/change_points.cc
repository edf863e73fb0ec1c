#include "results/statistics/change_points.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <queue>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

// Midranks around their mean, (n + 1) / 2.
std::vector<double> CentredRanks(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> ranks;
  ranks.reserve(values.size());
  for (const double value : values) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    // Ranks first + 1 ... last share their mean.
    const auto doubled = (first - sorted.begin()) + 1 + (last - sorted.begin());
    ranks.push_back((static_cast<double>(doubled) - static_cast<double>(values.size() + 1)) / 2);
  }
  return ranks;
}

struct Split {
  std::size_t index = 0;
  double statistic = -1;
};

// Where a segment of `size` values may be cut, in order; its end is the last.
std::vector<std::size_t> CutsOf(std::size_t size, std::size_t min_segment) {
  const std::size_t distance = (size + kMaxGrid - 1) / kMaxGrid;
  std::vector<std::size_t> cuts;
  for (std::size_t i = min_segment; i < size; i += distance) cuts.push_back(i);
  cuts.push_back(size);
  return cuts;
}

// The best split of a segment in any order of its ranks.
class SplitSearch {
 public:
  // A segment of `size` values, which is at least two of `min_segment`.
  SplitSearch(std::size_t size, std::size_t min_segment)
      : min_segment_(min_segment), sums_(size + 1), inverse_(size + 1) {
    for (std::size_t i = 1; i <= size; ++i) inverse_[i] = 1 / static_cast<double>(i);
    cuts_ = CutsOf(size, min_segment);
  }

  Split Best(std::span<const double> ranks) {
    std::partial_sum(ranks.begin(), ranks.end(), sums_.begin() + 1);
    Split best;
    for (std::size_t c = 0; c < cuts_.size(); ++c) {
      const std::size_t i = cuts_[c];
      if (i + min_segment_ > ranks.size()) break;
      const double greatest = GreatestAt(c);
      if (greatest > best.statistic) best = {i, greatest};
    }
    return best;
  }

 private:
  // The squared statistic of the split at cut `c`, with the best end: the difference of means
  // squared, times left * right / (left + right).
  double GreatestAt(std::size_t c) const {
    const std::size_t i = cuts_[c];
    const auto left = static_cast<double>(i);
    double greatest = -1;
    for (std::size_t d = c + 1; d < cuts_.size(); ++d) {
      const std::size_t end = cuts_[d];
      if (end < i + min_segment_) continue;
      const double scaled = sums_[i] * static_cast<double>(end) - sums_[end] * left;
      greatest = std::max(greatest, scaled * scaled * (inverse_[end - i] * inverse_[end]));
    }
    return greatest * inverse_[i];
  }

  std::size_t min_segment_;
  std::vector<std::size_t> cuts_;
  std::vector<double> sums_;     // of the first 0, 1, ... ranks
  std::vector<double> inverse_;  // 1 / n
};

void Shuffle(Random* random, std::vector<double>* values) {
  for (std::size_t i = values->size(); i > 1; --i) {
    std::swap((*values)[i - 1], (*values)[random->Below(i)]);
  }
}

// The p-value of `observed`, absent once it exceeds the greatest allowed one.
std::optional<double> PValue(const Split& observed, std::vector<double> ranks, SplitSearch* search,
                             const ChangePointOptions& options, Random* random) {
  const auto draws = static_cast<double>(options.num_resamples) + 1;
  double num_reaching = 1;
  for (int64_t i = 0; i < options.num_resamples; ++i) {
    Shuffle(random, &ranks);
    const Split split = search->Best(ranks);
    // Sums of half-integers are exact; equal statistics differ by the last rounding at most.
    if (split.statistic >= observed.statistic * (1 - 1e-12)) ++num_reaching;
    if (num_reaching / draws > options.max_p_value) return std::nullopt;
  }
  return num_reaching / draws;
}

// Adds the change points of values[first, end) in order.
void Search(std::span<const double> values, std::size_t first, std::size_t end,
            const ChangePointOptions& options, std::pair<Random, std::vector<ChangePoint>>* state) {
  if (end - first < 2 * options.min_segment) return;
  std::vector<double> ranks = CentredRanks(values.subspan(first, end - first));
  SplitSearch search(ranks.size(), options.min_segment);
  const Split split = search.Best(ranks);
  const std::optional<double> p = PValue(split, std::move(ranks), &search, options, &state->first);
  if (!p) return;
  Search(values, first, first + split.index, options, state);
  state->second.push_back({.index = first + split.index, .p_value = *p});
  Search(values, first + split.index, end, options, state);
}

// [before, point), [point, after): the segments that meet at `points[i]`.
std::pair<std::size_t, std::size_t> Neighbours(const std::vector<ChangePoint>& points,
                                               std::size_t i, std::size_t num_values) {
  return {i == 0 ? 0 : points[i - 1].index,
          i + 1 == points.size() ? num_values : points[i + 1].index};
}

// The sums of absolute deviations from the median of the first 1, 2, ... values: what the greater
// half exceeds the smaller by.
std::vector<double> RunningDeviations(std::span<const double> values) {
  std::priority_queue<double> smaller;  // with the median, where it is one of the values
  std::priority_queue<double, std::vector<double>, std::greater<>> greater;
  double smaller_sum = 0;
  double greater_sum = 0;
  std::vector<double> deviations;
  deviations.reserve(values.size());
  const auto move = [](auto& from, double& from_sum, auto& to, double& to_sum) {
    from_sum -= from.top();
    to_sum += from.top();
    to.push(from.top());
    from.pop();
  };
  for (const double value : values) {
    smaller.push(value);
    smaller_sum += value;
    move(smaller, smaller_sum, greater, greater_sum);
    if (greater.size() > smaller.size()) move(greater, greater_sum, smaller, smaller_sum);
    const double middle = smaller.size() > greater.size() ? smaller.top() : 0;
    deviations.push_back(greater_sum - (smaller_sum - middle));
  }
  return deviations;
}

// Where to split `values` so that they deviate least from the medians of both sides.
std::size_t ClosestSplit(std::span<const double> values, std::size_t min_segment) {
  // Around the median, sums are as exact as they can be.
  const double median = Median(values);
  std::vector<double> centred(values.begin(), values.end());
  for (double& value : centred) value -= median;
  const std::vector<double> left = RunningDeviations(centred);
  std::reverse(centred.begin(), centred.end());
  const std::vector<double> right = RunningDeviations(centred);
  std::size_t closest = min_segment;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = min_segment; i + min_segment <= values.size(); ++i) {
    const double deviations = left[i - 1] + right[values.size() - i - 1];
    if (deviations < least) {
      least = deviations;
      closest = i;
    }
  }
  return closest;
}

// Ranks tell that there is a change. Where it is they tell badly beside a short level, whose
// neighbours' chance order weighs as much in ranks as the step.
void Relocate(std::span<const double> values, std::size_t min_segment,
              std::vector<ChangePoint>* points) {
  for (std::size_t i = 0; i < points->size(); ++i) {
    const auto [first, end] = Neighbours(*points, i, values.size());
    (*points)[i].index = first + ClosestSplit(values.subspan(first, end - first), min_segment);
  }
}

void SetMedians(std::span<const double> values, std::vector<ChangePoint>* points) {
  for (std::size_t i = 0; i < points->size(); ++i) {
    const auto [first, end] = Neighbours(*points, i, values.size());
    ChangePoint& point = (*points)[i];
    point.before = Median(values.subspan(first, point.index - first));
    point.after = Median(values.subspan(point.index, end - point.index));
  }
}

// The change in multiples of the smallest that counts.
double SizeOf(const ChangePoint& point, const ChangePointOptions& options) {
  const double change = std::abs(point.after - point.before);
  const double least =
      std::max(options.min_relative_change * std::abs(point.before), options.min_change);
  if (change == 0) return 0;
  return least == 0 ? std::numeric_limits<double>::infinity() : change / least;
}

void DropSmall(std::span<const double> values, const ChangePointOptions& options,
               std::vector<ChangePoint>* points) {
  SetMedians(values, points);
  while (!points->empty()) {
    const auto least = std::min_element(points->begin(), points->end(),
                                        [&](const ChangePoint& a, const ChangePoint& b) {
                                          return SizeOf(a, options) < SizeOf(b, options);
                                        });
    if (SizeOf(*least, options) >= 1) return;
    points->erase(least);
    SetMedians(values, points);
  }
}

absl::Status CheckArguments(std::span<const double> values, const ChangePointOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckSample(values, 0));
  BENCH_RETURN_IF_ERROR(CheckProbability(options.max_p_value, "the greatest p-value"));
  if (values.size() > kMaxChangePointValues) {
    return UsageError(absl::StrCat("a series of ", values.size(), " values; at most ",
                                   kMaxChangePointValues, " are searched"));
  }
  if (options.min_segment < 2) return UsageError("segments of fewer than two values");
  if (1 / (static_cast<double>(options.num_resamples) + 1) > options.max_p_value) {
    return UsageError(absl::StrCat(options.num_resamples, " resamples cannot give a p-value of ",
                                   options.max_p_value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ChangePoint>> FindChangePoints(std::span<const double> values,
                                                          const ChangePointOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckArguments(values, options));
  std::pair<Random, std::vector<ChangePoint>> state(Random(options.seed), {});
  Search(values, 0, values.size(), options, &state);
  std::vector<ChangePoint> points = std::move(state.second);
  Relocate(values, options.min_segment, &points);
  DropSmall(values, options, &points);
  return points;
}

}  // namespace bench::results
