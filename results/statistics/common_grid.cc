#include "results/statistics/common_grid.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

absl::Status CheckSeries(const TokenSeries& series) {
  BENCH_RETURN_IF_ERROR(CheckPairs(series.tokens, series.values, 1));
  const auto& tokens = series.tokens;
  const auto at = std::adjacent_find(tokens.begin(), tokens.end(), std::greater_equal<>());
  if (at == tokens.end()) return absl::OkStatus();
  return UsageError(absl::StrCat("token counts do not increase after ", *at));
}

std::vector<double> Within(const std::vector<double>& tokens, double low, double high) {
  std::vector<double> within;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(within),
               [low, high](double count) { return low <= count && count <= high; });
  return within;
}

// The mean counts of the k-th points, where these go together; else empty.
std::vector<double> MeanTokens(std::span<const TokenSeries> series) {
  std::vector<double> means;
  for (std::size_t i = 0; i < series.front().tokens.size(); ++i) {
    double least = series.front().tokens[i], greatest = least, sum = 0;
    for (const TokenSeries& one : series) {
      if (one.tokens.size() != series.front().tokens.size()) return {};
      least = std::min(least, one.tokens[i]);
      greatest = std::max(greatest, one.tokens[i]);
      sum += one.tokens[i];
    }
    if (greatest - least > kSameCount * greatest) return {};
    means.push_back(sum / static_cast<double>(series.size()));
  }
  return means;
}

// Empty where the series have nothing in common.
std::vector<double> CommonTokens(std::span<const TokenSeries> series) {
  double low = series.front().tokens.front();
  double high = series.front().tokens.back();
  for (const TokenSeries& one : series) {
    low = std::max(low, one.tokens.front());
    high = std::min(high, one.tokens.back());
  }
  std::vector<double> fewest = Within(series.front().tokens, low, high);
  for (const TokenSeries& one : series.subspan(1)) {
    std::vector<double> within = Within(one.tokens, low, high);
    if (within.size() < fewest.size()) fewest = std::move(within);
  }
  return fewest;
}

// `count` lies between the first and the last token count of `series`.
double ValueAt(const TokenSeries& series, double count) {
  const auto at = std::lower_bound(series.tokens.begin(), series.tokens.end(), count);
  const auto i = static_cast<std::size_t>(at - series.tokens.begin());
  if (*at == count) return series.values[i];
  const double share = (count - series.tokens[i - 1]) / (series.tokens[i] - series.tokens[i - 1]);
  return series.values[i - 1] + share * (series.values[i] - series.values[i - 1]);
}

}  // namespace

absl::StatusOr<GriddedSeries> PutOnCommonGrid(std::span<const TokenSeries> series) {
  if (series.empty()) return UsageError("no series to put on a grid");
  for (std::size_t i = 0; i < series.size(); ++i) {
    BENCH_RETURN_IF_ERROR(Annotate(CheckSeries(series[i]), absl::StrCat("series ", i)));
  }
  GriddedSeries gridded = {.tokens = MeanTokens(series)};
  if (!gridded.tokens.empty()) {
    for (const TokenSeries& one : series) gridded.values.push_back(one.values);
    return gridded;
  }
  gridded.tokens = CommonTokens(series);
  if (gridded.tokens.empty()) return UsageError("the series have no token count in common");
  for (const TokenSeries& one : series) {
    std::vector<double>& values = gridded.values.emplace_back();
    values.reserve(gridded.tokens.size());
    for (const double count : gridded.tokens) values.push_back(ValueAt(one, count));
  }
  return gridded;
}

}  // namespace bench::results
