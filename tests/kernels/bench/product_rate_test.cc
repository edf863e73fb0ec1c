#include "kernels/bench/product_rate.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace bench::kernels {
namespace {

// Two fused multiply-adds of sixteen fp32 a cycle, at 6 GHz.
constexpr double kMostFlopsPerSecondOfACore = 64 * 6e9;

TEST(ProductRate, CountsAMultiplicationAndAnAdditionATerm) {
  EXPECT_EQ((ProductShape{3, 5, 7}.flops()), 2 * 3 * 5 * 7);
  // Beyond 2^31.
  EXPECT_EQ((ProductShape{2048, 8192, 288}.flops()), 9663676416.0);
}

TEST(ProductRate, ASmallProductIsMeasuredWholeAndNoCoreIsFasterThanItsUnits) {
  const ProductRate rate = MeasureProduct({33, 31, 29}, at::TensorOptions(at::kFloat));
  EXPECT_EQ(rate.shape, (ProductShape{33, 31, 29}));
  EXPECT_GT(rate.flops_per_second, 0);
  EXPECT_LE(rate.flops_per_second, at::get_num_threads() * kMostFlopsPerSecondOfACore);
}

}  // namespace
}  // namespace bench::kernels
