#include "kernels/bench/machine_rates.h"

#include <gmock/gmock.h>

#include <limits>

namespace bench::kernels {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr int64_t kMebi = 1 << 20;

// Two cores with a first level each, and a second that they share.
std::vector<CacheLevel> Caches() { return {{1, 32 << 10, 1}, {2, 4 * kMebi, 2}}; }

TEST(MachineRates, LevelsAreTheCachesOfTheThreadsAndMemory) {
  const std::vector<MemoryLevel> levels = LevelsOf(Caches(), 2);
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0].name, "L1");
  EXPECT_EQ(levels[0].capacity_bytes, 64 << 10);
  EXPECT_EQ(levels[1].name, "L2");
  EXPECT_EQ(levels[1].capacity_bytes, 4 * kMebi);
  EXPECT_EQ(levels[2].name, "memory");
  EXPECT_EQ(levels[2].capacity_bytes, std::numeric_limits<int64_t>::max());
}

TEST(MachineRates, ACacheIsMeasuredHalfFullAndMemoryBeyondTheCaches) {
  const std::vector<MemoryLevel> levels = LevelsOf(Caches(), 2);
  EXPECT_EQ(MeasuredBytes(levels, 0, 2), 32 << 10);
  EXPECT_EQ(MeasuredBytes(levels, 1, 2), 2 * kMebi);
  EXPECT_EQ(MeasuredBytes(levels, 2, 2), 64 * kMebi);
  const std::vector<MemoryLevel> large = LevelsOf({{3, 48 * kMebi, 2}}, 2);
  EXPECT_EQ(MeasuredBytes(large, 1, 2), 192 * kMebi);
  EXPECT_EQ(MeasuredBytes(LevelsOf({}, 2), 0, 2), 64 * kMebi);
}

MachineRates Example() {
  MachineRates rates;
  rates.levels = {{"L1", 100, 8}, {"memory", std::numeric_limits<int64_t>::max(), 2}};
  rates.bandwidths = {{Traffic::kRead, "L1", 1, 8e9}, {Traffic::kCopy, "memory", 2, 2.5e10}};
  rates.products = {{at::kFloat, {{2, 3, 4}, 5e9}},
                    {at::kFloat, {{20, 3, 4}, 7e9}},
                    {at::kBFloat16, {{2, 3, 4}, 9e9}}};
  return rates;
}

TEST(MachineRates, CeilingsAreTheFastestProductOfTheTypeAndTheLevelThatHoldsTheWork) {
  const MachineRates rates = Example();
  EXPECT_EQ(rates.CeilingsOf(at::kFloat, 100).flops_per_second, 7e9);
  EXPECT_EQ(rates.CeilingsOf(at::kFloat, 100).bytes_per_second, 8);
  EXPECT_EQ(rates.CeilingsOf(at::kBFloat16, 101).flops_per_second, 9e9);
  EXPECT_EQ(rates.CeilingsOf(at::kBFloat16, 101).bytes_per_second, 2);
}

TEST(MachineRates, TheContextNamesEachWithItsUnit) {
  EXPECT_THAT(Example().Context(),
              ElementsAre(Pair("cache_bytes/L1", "100"),
                          Pair("copy_bytes_per_second/memory/threads:2", "2.5e+10"),
                          Pair("product_flops_per_second/bf16/2x3x4", "9e+09"),
                          Pair("product_flops_per_second/fp32/20x3x4", "7e+09"),
                          Pair("product_flops_per_second/fp32/2x3x4", "5e+09"),
                          Pair("read_bytes_per_second/L1/threads:1", "8e+09")));
}

}  // namespace
}  // namespace bench::kernels
