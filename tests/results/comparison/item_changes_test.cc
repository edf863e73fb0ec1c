#include "results/comparison/item_changes.h"

#include <gtest/gtest.h>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

// One replicate whose ten items are right as the hexadecimal digits say.
RunRecord WithItems(const std::string& digits, int64_t successes) {
  RunRecord record = SampleRecord();
  record.summary["exact_match"] = {Info(kExactMatch), static_cast<double>(successes) / 10};
  Table table;
  table.columns = {"step", "metric", "successes", "trials", "items"};
  table.rows.push_back({int64_t{3}, std::string("exact_match"), successes, int64_t{10}, digits});
  record.tables["proportions"] = table;
  return record;
}

// base 1111 1111 00, head 0000 0001 11: seven only in base, two only in head; two-sided binomial
// p = 2 * P(X <= 2 of 9) = 2 * (1 + 9 + 36) / 512.
TEST(CompareItems, CountsWhatOnlyOneOfThemAnswers) {
  const RunRecord base = WithItems("ff0", 8);
  const RunRecord head = WithItems("01c", 3);
  const auto changes = CompareItems({{&base, &head}}, {});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].path, "exact_match");
  EXPECT_EQ(changes[0].discordant.only_base, 7);
  EXPECT_EQ(changes[0].discordant.only_head, 2);
  EXPECT_NEAR(changes[0].p_value, 92.0 / 512, 1e-12);
  EXPECT_EQ(changes[0].base.successes, 8);
  EXPECT_EQ(changes[0].head.trials, 10);
}

// Ten draws of -1 with 0.7, +1 with 0.2, 0 with 0.1: by convolution P(sum <= -10) = 0.0282,
// P(sum <= -9) = 0.0686, P(sum <= -1) = 0.9513, P(sum <= 0) = 0.9781, P(sum <= 1) = 0.9902. In
// 1,999 resamples a share of 0.975 has a standard error of 0.0035, so the quantiles 0.025 and 0.975
// of the sum are -10 or -9, and 0 or 1.
TEST(CompareItems, BoundsTheDifferenceByResamplingItems) {
  const RunRecord base = WithItems("ff0", 8);
  const RunRecord head = WithItems("01c", 3);
  const auto changes = CompareItems({{&base, &head}}, {});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_NEAR(changes[0].difference, -0.5, 1e-12);
  EXPECT_GE(changes[0].interval.high, 0.0);
  EXPECT_LE(changes[0].interval.high, 0.1);
  EXPECT_LE(changes[0].interval.low, -0.9);
  EXPECT_GE(changes[0].interval.low, -1.0);
}

TEST(CompareItems, LeavesOutWhatHasNoPairs) {
  const RunRecord base = WithItems("ff0", 8);
  RunRecord fewer = base;
  fewer.tables["proportions"].rows[0] = {int64_t{3}, std::string("exact_match"), int64_t{1},
                                         int64_t{4}, std::string("8")};
  EXPECT_TRUE(CompareItems({{&base, &fewer}}, {}).empty());
  const RunRecord uncounted = WithItems("", 8);
  EXPECT_TRUE(CompareItems({{&uncounted, &uncounted}}, {}).empty());
  EXPECT_TRUE(CompareItems({{&base, &base}}, MetricSelection({"loss"})).empty());
  EXPECT_TRUE(CompareItems({}, {}).empty());
}

}  // namespace
}  // namespace bench::results
