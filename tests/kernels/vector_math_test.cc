#include "kernels/vector_math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bench::kernels {
namespace {

TEST(VectorMath, ExpIsWithinTwoUlpOfTheLibrary) {
  double worst = 0;
  for (int i = -870000; i <= 880000; ++i) {
    const float x = static_cast<float>(i) * 1e-4F;
    const double expected = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::abs(static_cast<double>(Exp(x)) - expected) / expected);
  }
  EXPECT_LE(worst, 2 * 1.1920929e-07);
}

TEST(VectorMath, ExpIsExactAtZeroAndClampedOutside) {
  EXPECT_EQ(Exp(0.0F), 1.0F);
  EXPECT_EQ(Exp(-1e30F), Exp(-87.0F));
  EXPECT_EQ(Exp(1e30F), Exp(88.0F));
  EXPECT_TRUE(std::isfinite(Exp(INFINITY)));
}

TEST(VectorMath, SigmoidIsSymmetric) {
  for (const float x : {0.0F, 0.5F, 3.0F, 20.0F}) {
    EXPECT_NEAR(Sigmoid(x) + Sigmoid(-x), 1.0F, 2e-7F);
  }
}

}  // namespace
}  // namespace bench::kernels
