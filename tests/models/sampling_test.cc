#include "models/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>
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
  TokenSampler sampler(filter);
  std::set<int64_t> tokens;
  for (int i = 0; i < 1000; ++i) tokens.insert(sampler.Sample(View(logs), i / 1000.0));
  return tokens;
}

TEST(Sampling, ArgMaxTakesTheLowestIdAmongEquals) {
  EXPECT_EQ(ArgMax(View({-3.0F, -1.0F, -1.0F, -2.0F})), 1);
}

TEST(Sampling, InvertsTheCumulativeDistributionInOrderOfId) {
  const std::vector<float> logs = Logs({0.1, 0.6, 0.3});
  TokenSampler sampler({});
  const auto sample = [&](double u) { return sampler.Sample(View(logs), u); };
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

// The definition, written down without thought of speed: every probability, then the most likely
// ones by full sorts, then the inverse of the cumulative sums.
int64_t SampleByDefinition(const LogProbs& log_probs, const SamplingFilter& filter,
                           double uniform) {
  using Entry = std::pair<double, int64_t>;  // minus probability: sorts the likely ones first
  std::vector<Entry> kept;
  for (int64_t v = 0; v < log_probs.vocab_size; ++v) {
    kept.emplace_back(-std::exp(static_cast<double>(log_probs.data[v])), v);
  }
  const auto total = [&kept] {
    double sum = 0;
    for (const Entry& entry : kept) sum -= entry.first;
    return sum;
  };
  if (filter.top_k > 0 && filter.top_k < log_probs.vocab_size) {
    std::sort(kept.begin(), kept.end());
    kept.resize(static_cast<size_t>(filter.top_k));
  }
  if (filter.top_p < 1) {
    std::sort(kept.begin(), kept.end());
    const double wanted = filter.top_p * total();
    size_t count = 0;
    for (double reached = 0; count == 0 || (count < kept.size() && reached < wanted);) {
      reached -= kept[count++].first;
    }
    kept.resize(count);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Entry& a, const Entry& b) { return a.second < b.second; });
  const double wanted = uniform * total();
  double reached = 0;
  for (const auto& [minus_probability, token] : kept) {
    reached -= minus_probability;
    if (reached > wanted) return token;
  }
  return kept.back().second;
}

// One sampler for rows of several sizes, with equal logits among them.
TEST(Sampling, TokensAreThoseOfTheDefinitionBitForBit) {
  std::mt19937_64 engine(4);
  std::normal_distribution<double> logit(0, 3);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const SamplingFilter& filter : std::vector<SamplingFilter>{
           {0, 1}, {40, 1}, {1, 1}, {0, 0.9}, {40, 0.9}, {5, 0.3}, {999, 0.5}, {5000, 0.99}}) {
    TokenSampler sampler(filter);
    for (const size_t vocab_size : {1000, 17, 3000, 1}) {
      std::vector<double> logits(vocab_size);
      for (double& value : logits) value = std::round(logit(engine) * 8) / 8;
      double sum = 0;
      for (const double value : logits) sum += std::exp(value);
      std::vector<float> logs;
      for (const double value : logits) logs.push_back(static_cast<float>(value - std::log(sum)));
      for (int i = 0; i < 50; ++i) {
        const double u = i == 0 ? std::nextafter(1.0, 0.0) : uniform(engine);
        ASSERT_EQ(sampler.Sample(View(logs), u), SampleByDefinition(View(logs), filter, u))
            << vocab_size << " tokens, top_k " << filter.top_k << ", top_p " << filter.top_p;
      }
    }
  }
}

// Critical value of chi-square with 7 degrees of freedom at 1 in 10,000 (SciPy: chi2.isf(1e-4, 7)).
constexpr double kCritical = 29.878;

TEST(Sampling, FrequenciesFollowTheProbabilities) {
  const std::vector<double> p = {0.02, 0.3, 0.05, 0.13, 0.2, 0.1, 0.15, 0.05};
  const std::vector<float> logs = Logs(p);
  constexpr int kDraws = 20000;
  for (const uint64_t seed : {1, 2, 3}) {
    TokenSampler sampler({});
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::vector<int> counts(p.size(), 0);
    for (int i = 0; i < kDraws; ++i) {
      ++counts[static_cast<size_t>(sampler.Sample(View(logs), uniform(engine)))];
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
