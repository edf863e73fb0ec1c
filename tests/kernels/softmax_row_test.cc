#include "kernels/softmax_row.h"

#include <cmath>

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

// Whole vectors of every instruction set and their remainders.
constexpr int64_t kSizes[] = {1, 2, 7, 8, 15, 17, 31, 33, 4099};

TEST(SoftmaxRow, LargestIsTheLargestWhereverItStands) {
  for (const int64_t size : kSizes) {
    for (const int64_t place : {int64_t{0}, size / 2, size - 1}) {
      at::Tensor x = -Random({size}, 1).abs() - 1;
      x[place] = -0.5F;
      EXPECT_EQ(Largest(x.const_data_ptr<float>(), size), -0.5F) << size << " " << place;
    }
  }
}

TEST(SoftmaxRow, SumsAndExponentialsAreThoseInDouble) {
  for (const int64_t size : kSizes) {
    at::Tensor x = Random({size}, 2) * 4;
    const float largest = Largest(x.const_data_ptr<float>(), size);
    const at::Tensor difference = x.to(at::kDouble) - static_cast<double>(largest);
    const at::Tensor e = difference.exp();
    const ExpSums sums = SumExp(x.const_data_ptr<float>(), largest, size);
    const double sum = e.sum().item<double>();
    const double weighted = (e * difference).sum().item<double>();
    EXPECT_NEAR(sums.sum, sum, Tolerance(size, 2) * sum) << size;
    EXPECT_NEAR(sums.weighted, weighted, Tolerance(size, 3) * std::abs(weighted)) << size;
    EXPECT_NEAR(ExpAndSum(x.mutable_data_ptr<float>(), largest, size), sum,
                Tolerance(size, 2) * sum);
    EXPECT_LE(RelativeError(x, e), Tolerance(1, 2)) << size;
  }
}

TEST(SoftmaxRow, ScaleMultipliesEveryElementAndNothingBeyond) {
  for (const int64_t size : kSizes) {
    at::Tensor x = Random({size + 1}, 3);
    const at::Tensor before = x.clone();
    ScaleRow(x.mutable_data_ptr<float>(), 0.5F, size);
    EXPECT_TRUE(at::equal(x.slice(0, 0, size), before.slice(0, 0, size) * 0.5F)) << size;
    EXPECT_EQ(x[size].item<float>(), before[size].item<float>()) << size;
  }
}

}  // namespace
}  // namespace bench::kernels
