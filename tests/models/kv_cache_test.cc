#include "models/kv_cache.h"

#include <gtest/gtest.h>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

KvCache MakeCache(const std::vector<int64_t>& capacities) {
  return KvCache(TinyConfig(), capacities, at::TensorOptions(at::kFloat));
}

TEST(KvCache, SequencesOwnConsecutiveRows) {
  const KvCache cache = MakeCache({5, 3});
  EXPECT_EQ(cache.start(1), 5);
  EXPECT_EQ(cache.capacity(1), 3);
  EXPECT_EQ(cache.keys_CGd(1).sizes().vec(), (std::vector<int64_t>{8, 2, 6}));
}

TEST(KvCache, PlansAPrefillThenSingleTokens) {
  KvCache cache = MakeCache({5, 3});
  const CachePlan prefill = cache.Plan(MakeRaggedBatch({{1, 2, 3}, {4}}, at::kCPU), {0, 1});
  EXPECT_TRUE(prefill.prefill);
  EXPECT_TRUE(at::equal(prefill.slots_N, at::tensor({0, 1, 2, 5}, at::kLong)));
  cache.Advance(0, 3);
  cache.Advance(1, 1);
  const CachePlan decode = cache.Plan(MakeRaggedBatch({{9}}, at::kCPU), {1});
  EXPECT_FALSE(decode.prefill);
  EXPECT_TRUE(at::equal(decode.slots_N, at::tensor({6}, at::kLong)));
  EXPECT_EQ(decode.ranges_B[0].start, 5);
  EXPECT_EQ(decode.ranges_B[0].length, 2);
}

TEST(KvCache, RefusesOverflowAndMixedBatches) {
  KvCache cache = MakeCache({2, 2});
  EXPECT_THROW(cache.Advance(0, 3), c10::Error);
  EXPECT_THROW(cache.Plan(MakeRaggedBatch({{1, 2, 3}}, at::kCPU), {0}), c10::Error);
  cache.Advance(0, 1);
  EXPECT_THROW(cache.Plan(MakeRaggedBatch({{1}, {1}}, at::kCPU), {0, 1}), c10::Error);
  EXPECT_THROW(cache.Plan(MakeRaggedBatch({{1, 2}}, at::kCPU), {0}), c10::Error);
}

}  // namespace
}  // namespace bench::models
