// Comparisons of every outcome, and suites of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "results/comparison/suite.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {

// One replicate an arm of a deterministic count, for which less is better.
inline Comparison OfCounts(double base, double head) {
  const MetricInfo count = MetricOf(MetricKind::kCount, Better::kLower, /*deterministic=*/true);
  auto comparison = Compare(ValuesOf("base", count, {base}), ValuesOf("head", count, {head}));
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}
inline Comparison Passing() { return OfCounts(8, 8); }
inline Comparison Failing() { return OfCounts(8, 80); }

inline Comparison NotShown() {
  const MetricInfo count = MetricOf(MetricKind::kCount, Better::kLower, /*deterministic=*/true);
  Group head = ValuesOf("head", count, {8});
  head.runs[0].record.header.device = "cuda";
  auto comparison = Compare(ValuesOf("base", count, {8}), head);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

// Of experiments "e0", "e1", ...
inline ComparisonSuite SuiteOf(std::vector<Comparison> comparisons) {
  ComparisonSuite suite;
  for (size_t i = 0; i < comparisons.size(); ++i) {
    suite.push_back({"e" + std::to_string(i), std::move(comparisons[i])});
  }
  return suite;
}

}  // namespace bench::results
