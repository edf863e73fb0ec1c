#include "results/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace bench::results {
namespace {

constexpr std::array<std::string_view, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view kNotFinite = "!";

// NaN where a value is not finite.
double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return std::isfinite(sum) ? sum : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> Shares(std::span<const double> values, int64_t cells) {
  const auto num_values = static_cast<int64_t>(values.size());
  const int64_t num_cells = std::min(cells, num_values);
  std::vector<double> means;
  for (int64_t i = 0; i < num_cells; ++i) {
    const int64_t begin = i * num_values / num_cells;
    const int64_t end = (i + 1) * num_values / num_cells;
    means.push_back(
        Mean(values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin))));
  }
  return means;
}

}  // namespace

std::string Sparkline(std::span<const double> values, int64_t cells) {
  const std::vector<double> means = Shares(values, cells);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double mean : means) {
    if (std::isnan(mean)) continue;
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  std::string line;
  for (const double mean : means) {
    if (std::isnan(mean)) {
      line += kNotFinite;
      continue;
    }
    // Halved, so that the distance of two finite numbers is finite too.
    const double share = high > low ? (mean / 2 - low / 2) / (high / 2 - low / 2) : 0;
    line += kBars[std::min<size_t>(static_cast<size_t>(share * kBars.size()), kBars.size() - 1)];
  }
  return line;
}

}  // namespace bench::results
