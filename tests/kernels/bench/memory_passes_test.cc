#include "kernels/bench/memory_passes.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace bench::kernels {
namespace {

TEST(SumWords, CountsEveryWord) {
  std::vector<uint64_t> words(10 * kPassLanes);
  std::iota(words.begin(), words.end(), 1);
  const uint64_t n = words.size();
  EXPECT_EQ(SumWords(words.data(), static_cast<int64_t>(n)), n * (n + 1) / 2);
  EXPECT_EQ(SumWords(words.data(), 0), 0u);
}

TEST(SumWords, IsModulo64Bits) {
  std::vector<uint64_t> words(kPassLanes, 0);
  words.front() = std::numeric_limits<uint64_t>::max();
  words.back() = 3;
  EXPECT_EQ(SumWords(words.data(), kPassLanes), 2u);
}

}  // namespace
}  // namespace bench::kernels
