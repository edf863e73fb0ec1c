#include "harness/training/gradient_norm.h"

#include <ATen/Parallel.h>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

double Squares(const std::vector<at::Tensor>& pieces) {
  ExactSum sum;
  AddSquares(pieces, sum);
  return sum.Value();
}

TEST(AddSquares, EqualsASumInFloat64) {
  at::manual_seed(1);
  for (const int64_t size : {1, 7, 64, 65, 1000}) {
    const at::Tensor gradient = at::randn({size});
    const double expected = gradient.to(at::kDouble).square().sum().item<double>();
    // Squares of fp32 are exact in float64; at most `size` roundings of the sum in either.
    EXPECT_NEAR(Squares({gradient}), expected, expected * 2.3e-16 * static_cast<double>(size));
  }
}

TEST(AddSquares, DoesNotDependOnWhereItIsCutAtBlocks) {
  at::manual_seed(1);
  const at::Tensor gradient = at::randn({1000});
  const double whole = Squares({gradient});
  for (int64_t cut = kNormBlock; cut < 1000; cut += kNormBlock) {
    EXPECT_EQ(Squares({gradient.narrow(0, 0, cut), gradient.narrow(0, cut, 1000 - cut)}), whole);
  }
  EXPECT_EQ(Squares({gradient.view({25, 40})}), whole);
}

TEST(AddSquares, DoesNotDependOnThreads) {
  at::manual_seed(1);
  const at::Tensor gradient = at::randn({1 << 17});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const double one = Squares({gradient});
  at::set_num_threads(3);
  EXPECT_EQ(Squares({gradient}), one);
  at::set_num_threads(before);
}

TEST(AddSquares, ReadsLowPrecisionAsItsFloat32) {
  at::manual_seed(1);
  for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
    const at::Tensor gradient = at::randn({1000}).to(type);
    EXPECT_EQ(Squares({gradient}), Squares({gradient.to(at::kFloat)}));
  }
}

}  // namespace
}  // namespace bench::harness
