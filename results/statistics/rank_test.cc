#include "results/statistics/rank_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/distributions.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A level such as 0.9 is no binary fraction: sizes that reach it exactly must not miss it by that.
constexpr double kLevelSlack = 1e-12;

// Twice the midrank of each of the pooled values, base first: whole numbers.
struct PooledRanks {
  std::vector<int64_t> doubled;
  double tie_sum = 0;  // sum of t^3 - t over groups of t equal values
};

PooledRanks RankPooled(std::span<const double> base, std::span<const double> head) {
  std::vector<double> pooled(base.begin(), base.end());
  pooled.insert(pooled.end(), head.begin(), head.end());
  std::vector<std::size_t> order(pooled.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&pooled](std::size_t a, std::size_t b) { return pooled[a] < pooled[b]; });
  PooledRanks ranks;
  ranks.doubled.resize(pooled.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && pooled[order[end]] == pooled[order[first]]) ++end;
    // Ranks first + 1 ... end share their mean.
    for (std::size_t i = first; i < end; ++i) {
      ranks.doubled[order[i]] = static_cast<int64_t>(first + 1 + end);
    }
    const auto size = static_cast<double>(end - first);
    ranks.tie_sum += size * size * size - size;
    first = end;
  }
  return ranks;
}

// How many of the choices of `chosen` weights have each sum: [sum]. Weights are positive. Counts
// are doubles: whole below 2^53, and beyond it each is off by at most `weights.size()` roundings.
std::vector<double> CountSums(std::span<const int64_t> weights, std::size_t chosen) {
  std::vector<int64_t> greatest(weights.begin(), weights.end());
  std::sort(greatest.rbegin(), greatest.rend());
  const auto max_sum = static_cast<std::size_t>(std::accumulate(
      greatest.begin(), greatest.begin() + static_cast<std::ptrdiff_t>(chosen), int64_t{0}));
  std::vector<std::vector<double>> counts(chosen + 1, std::vector<double>(max_sum + 1));
  counts[0][0] = 1;
  for (const int64_t weight : weights) {
    for (std::size_t k = chosen; k > 0; --k) {
      for (auto sum = static_cast<std::size_t>(weight); sum <= max_sum; ++sum) {
        counts[k][sum] += counts[k - 1][sum - static_cast<std::size_t>(weight)];
      }
    }
  }
  return std::move(counts[chosen]);
}

struct Tails {
  double less = 1;     // P(statistic <= observed)
  double greater = 1;  // P(statistic >= observed)
};

double PValue(const Tails& tails, Tail tail) {
  if (tail == Tail::kLess) return tails.less;
  if (tail == Tail::kGreater) return tails.greater;
  return std::min(1.0, 2 * std::min(tails.less, tails.greater));
}

Tails ExactTails(PooledRanks ranks, std::size_t num_base) {
  // Without ties all doubled midranks are even; halving them halves the work.
  if (ranks.tie_sum == 0) {
    for (int64_t& rank : ranks.doubled) rank /= 2;
  }
  const std::size_t num_head = ranks.doubled.size() - num_base;
  const std::span<const int64_t> all(ranks.doubled);
  // The sum of the smaller arm decides; when that is the base, the tails change places.
  const bool by_base = num_base < num_head;
  const auto arm = by_base ? all.first(num_base) : all.last(num_head);
  const std::vector<double> counts = CountSums(all, arm.size());
  const auto observed = std::accumulate(arm.begin(), arm.end(), int64_t{0});
  const auto at = counts.begin() + observed;
  const double below = std::accumulate(counts.begin(), at, 0.0);
  const double above = std::accumulate(at + 1, counts.end(), 0.0);
  const double total = below + *at + above;
  const Tails tails = {(below + *at) / total, (above + *at) / total};
  return by_base ? Tails{tails.greater, tails.less} : tails;
}

Tails NormalTails(double u, double tie_sum, double n, double m) {
  const double size = n + m;
  const double variance = n * m / 12 * (size + 1 - tie_sum / (size * (size - 1)));
  if (variance <= 0) return {};  // all values are equal
  const double deviation = std::sqrt(variance);
  const double mean = n * m / 2;
  return {NormalUpperTail((mean - u - 0.5) / deviation),
          NormalUpperTail((u - mean - 0.5) / deviation)};
}

// The greatest c with P(U <= c - 1) <= tail_probability in the distribution without ties; 0 if
// none.
int64_t ExactRank(std::size_t n, std::size_t m, double tail_probability) {
  const std::size_t chosen = std::min(n, m);
  std::vector<int64_t> ranks(n + m);
  std::iota(ranks.begin(), ranks.end(), int64_t{1});
  const std::vector<double> counts = CountSums(ranks, chosen);
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  int64_t c = 0;
  double cumulative = 0;
  // U = 0 belongs to the least rank sum.
  for (std::size_t sum = chosen * (chosen + 1) / 2; sum < counts.size(); ++sum, ++c) {
    cumulative += counts[sum];
    if (cumulative > tail_probability * total * (1 + kLevelSlack)) break;
  }
  return c;
}

int64_t NormalRank(double n, double m, double tail_probability) {
  const double deviation = std::sqrt(n * m * (n + m + 1) / 12);
  const double c = n * m / 2 + 0.5 + NormalQuantile(tail_probability) * deviation;
  return std::max<int64_t>(0, static_cast<int64_t>(std::floor(c)));
}

Interval ShiftInterval(std::vector<double>* differences, std::size_t n, std::size_t m,
                       double level) {
  const double tail_probability = (1 - level) / 2;
  const bool exact = n + m <= std::size_t{kMaxExactRankSize};
  const int64_t c =
      exact ? ExactRank(n, m, tail_probability)
            : NormalRank(static_cast<double>(n), static_cast<double>(m), tail_probability);
  if (c == 0) return {-kInfinity, kInfinity};
  const auto at = [differences](std::ptrdiff_t index) {
    std::nth_element(differences->begin(), differences->begin() + index, differences->end());
    return (*differences)[static_cast<std::size_t>(index)];
  };
  return {at(c - 1), at(static_cast<std::ptrdiff_t>(n * m) - c)};
}

}  // namespace

absl::StatusOr<RankTestResult> RankTest(std::span<const double> base, std::span<const double> head,
                                        Tail tail) {
  BENCH_RETURN_IF_ERROR(CheckSamples(base, head, 1));
  const PooledRanks ranks = RankPooled(base, head);
  const auto n = static_cast<double>(base.size());
  const auto m = static_cast<double>(head.size());
  const auto doubled_sum =
      std::accumulate(ranks.doubled.begin() + static_cast<std::ptrdiff_t>(base.size()),
                      ranks.doubled.end(), int64_t{0});
  RankTestResult result;
  result.u = static_cast<double>(doubled_sum) / 2 - m * (m + 1) / 2;
  result.exact = base.size() + head.size() <= std::size_t{kMaxExactRankSize};
  const Tails tails =
      result.exact ? ExactTails(ranks, base.size()) : NormalTails(result.u, ranks.tie_sum, n, m);
  result.p_value = PValue(tails, tail);
  return result;
}

absl::StatusOr<ShiftEstimate> EstimateShift(std::span<const double> base,
                                            std::span<const double> head, double level) {
  BENCH_RETURN_IF_ERROR(CheckSamples(base, head, 1));
  BENCH_RETURN_IF_ERROR(CheckProbability(level, "level"));
  if (base.size() > std::size_t{kMaxRankPairs} / head.size()) {
    return UsageError(absl::StrCat(base.size(), " and ", head.size(), " values have more than ",
                                   kMaxRankPairs, " differences"));
  }
  std::vector<double> differences;
  differences.reserve(base.size() * head.size());
  for (const double b : base) {
    for (const double h : head) differences.push_back(h - b);
  }
  const double shift = Median(differences);
  return ShiftEstimate{shift, ShiftInterval(&differences, base.size(), head.size(), level)};
}

double SmallestRankTestPValue(int64_t num_base, int64_t num_head, Tail tail) {
  const double one_sided = 1 / BinomialCoefficient(num_base + num_head, num_base);
  return tail == Tail::kTwoSided ? std::min(1.0, 2 * one_sided) : one_sided;
}

}  // namespace bench::results
