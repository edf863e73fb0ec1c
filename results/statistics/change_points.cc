#include "results/statistics/change_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
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

// `ranks` holds at least two segments.
Split BestSplit(std::span<const double> ranks, std::size_t min_segment) {
  std::vector<double> sums(ranks.size() + 1);
  std::partial_sum(ranks.begin(), ranks.end(), sums.begin() + 1);
  Split best;
  for (std::size_t i = min_segment; i + min_segment <= ranks.size(); ++i) {
    const auto left = static_cast<double>(i);
    double greatest = -1;
    for (std::size_t end = i + min_segment; end <= ranks.size(); ++end) {
      const auto right = static_cast<double>(end - i);
      // The squared statistic: the difference of means squared, times left * right / (left +
      // right).
      const double scaled = sums[i] * right - (sums[end] - sums[i]) * left;
      greatest = std::max(greatest, scaled * scaled / (left * right * (left + right)));
    }
    if (greatest > best.statistic) best = {i, greatest};
  }
  return best;
}

void Shuffle(Random* random, std::vector<double>* values) {
  for (std::size_t i = values->size(); i > 1; --i) {
    std::swap((*values)[i - 1], (*values)[random->Below(i)]);
  }
}

// The p-value of `observed`, absent once it exceeds the greatest allowed one.
std::optional<double> PValue(const Split& observed, std::vector<double> ranks,
                             const ChangePointOptions& options, Random* random) {
  const auto draws = static_cast<double>(options.num_resamples) + 1;
  double num_reaching = 1;
  for (int64_t i = 0; i < options.num_resamples; ++i) {
    Shuffle(random, &ranks);
    const Split split = BestSplit(ranks, options.min_segment);
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
  const Split split = BestSplit(ranks, options.min_segment);
  const std::optional<double> p = PValue(split, std::move(ranks), options, &state->first);
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

double DeviationsFromMedian(std::span<const double> values) {
  const double median = Median(values);
  double sum = 0;
  for (const double value : values) sum += std::abs(value - median);
  return sum;
}

// Where to split `values` so that they deviate least from the medians of both sides.
std::size_t ClosestSplit(std::span<const double> values, std::size_t min_segment) {
  std::size_t closest = min_segment;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = min_segment; i + min_segment <= values.size(); ++i) {
    const double deviations =
        DeviationsFromMedian(values.first(i)) + DeviationsFromMedian(values.subspan(i));
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

double RelativeChange(const ChangePoint& point) {
  const double change = std::abs(point.after - point.before);
  if (change == 0) return 0;
  if (point.before == 0) return std::numeric_limits<double>::infinity();
  return change / std::abs(point.before);
}

void DropSmall(std::span<const double> values, double min_relative_change,
               std::vector<ChangePoint>* points) {
  SetMedians(values, points);
  while (!points->empty()) {
    const auto least = std::min_element(points->begin(), points->end(),
                                        [](const ChangePoint& a, const ChangePoint& b) {
                                          return RelativeChange(a) < RelativeChange(b);
                                        });
    if (RelativeChange(*least) >= min_relative_change) return;
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
  DropSmall(values, options.min_relative_change, &points);
  return points;
}

}  // namespace bench::results
