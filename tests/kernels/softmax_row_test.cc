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

// A vocabulary's row of a model that is sure: every other term is less than half a unit of 1, and
// all of them together are not. The smallest vectors have 4 lanes: 64 additions a lane, 2 of lanes,
// and 2 units of an exponential, 2^-24 each.
TEST(SoftmaxRow, ALongRowLosesNoSmallTerms) {
  constexpr int64_t kVocabulary = 49152;
  constexpr double kTolerance = 68.0 / (1 << 24);
  at::Tensor x = Random({kVocabulary}, 4) * 0.1F - 17.5F;
  x[7] = 0;
  const at::Tensor difference = x.to(at::kDouble);
  const double sum = difference.exp().sum().item<double>();
  const double weighted = (difference.exp() * difference).sum().item<double>();
  const ExpSums sums = SumExp(x.const_data_ptr<float>(), 0, kVocabulary);
  EXPECT_NEAR(sums.sum, sum, kTolerance * sum);
  EXPECT_NEAR(sums.weighted, weighted, kTolerance * std::abs(weighted));
  EXPECT_NEAR(ExpAndSum(x.mutable_data_ptr<float>(), 0, kVocabulary), sum, kTolerance * sum);
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
