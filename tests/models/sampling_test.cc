#include "models/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <vector>

namespace bench::models {
namespace {

std::vector<float> Logs(const std::vector<double>& probabilities) {
  std::vector<float> logs;
  for (const double p : probabilities) logs.push_back(static_cast<float>(std::log(p)));
  return logs;
}

LogProbs View(const std::vector<float>& logs) {
  return {logs.data(), static_cast<int64_t>(logs.size())};
}

std::set<int64_t> Reachable(const std::vector<float>& logs, const SamplingFilter& filter) {
  std::set<int64_t> tokens;
  for (int i = 0; i < 1000; ++i) tokens.insert(SampleToken(View(logs), filter, i / 1000.0));
  return tokens;
}

TEST(Sampling, ArgMaxTakesTheLowestIdAmongEquals) {
  EXPECT_EQ(ArgMax(View({-3.0F, -1.0F, -1.0F, -2.0F})), 1);
}

TEST(Sampling, InvertsTheCumulativeDistributionInOrderOfId) {
  const std::vector<float> logs = Logs({0.1, 0.6, 0.3});
  const auto sample = [&](double u) { return SampleToken(View(logs), {}, u); };
  EXPECT_EQ(sample(0), 0);
  EXPECT_EQ(sample(0.099), 0);
  EXPECT_EQ(sample(0.101), 1);
  EXPECT_EQ(sample(0.699), 1);
  EXPECT_EQ(sample(0.701), 2);
  EXPECT_EQ(sample(std::nextafter(1.0, 0.0)), 2);
}

TEST(Sampling, TopKKeepsTheMostLikely) {
  const std::vector<float> logs = Logs({0.1, 0.4, 0.2, 0.3});
  EXPECT_EQ(Reachable(logs, {2, 1}), (std::set<int64_t>{1, 3}));
  EXPECT_EQ(Reachable(logs, {1, 1}), (std::set<int64_t>{1}));
  EXPECT_EQ(Reachable(logs, {99, 1}).size(), 4U);
}

TEST(Sampling, TopPKeepsTheSmallestPrefixThatReachesIt) {
  const std::vector<float> logs = Logs({0.1, 0.4, 0.2, 0.3});
  EXPECT_EQ(Reachable(logs, {0, 0.39}), (std::set<int64_t>{1}));
  EXPECT_EQ(Reachable(logs, {0, 0.5}), (std::set<int64_t>{1, 3}));
  EXPECT_EQ(Reachable(logs, {0, 0.75}), (std::set<int64_t>{1, 2, 3}));
  // After top_k = 2 the rest has 4/7 and 3/7: 0.55 is reached by the first.
  EXPECT_EQ(Reachable(logs, {2, 0.55}), (std::set<int64_t>{1}));
}

// Critical value of chi-square with 7 degrees of freedom at 1 in 10,000 (SciPy: chi2.isf(1e-4, 7)).
constexpr double kCritical = 29.878;

TEST(Sampling, FrequenciesFollowTheProbabilities) {
  const std::vector<double> p = {0.02, 0.3, 0.05, 0.13, 0.2, 0.1, 0.15, 0.05};
  const std::vector<float> logs = Logs(p);
  constexpr int kDraws = 20000;
  for (const uint64_t seed : {1, 2, 3}) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::vector<int> counts(p.size(), 0);
    for (int i = 0; i < kDraws; ++i) {
      ++counts[static_cast<size_t>(SampleToken(View(logs), {}, uniform(engine)))];
    }
    double chi_square = 0;
    for (size_t v = 0; v < p.size(); ++v) {
      chi_square += std::pow(counts[v] - kDraws * p[v], 2) / (kDraws * p[v]);
    }
    EXPECT_LT(chi_square, kCritical) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bench::models
