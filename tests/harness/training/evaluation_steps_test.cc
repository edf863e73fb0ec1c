#include "harness/training/evaluation_steps.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace bench::harness {
namespace {

std::vector<int64_t> StepsUpTo(int64_t last, int64_t per_doubling) {
  std::vector<int64_t> steps;
  for (int64_t step = 1; step <= last; ++step) {
    if (IsLogSpaced(step, per_doubling)) steps.push_back(step);
  }
  return steps;
}

TEST(EvaluationSteps, OneADoublingAreThePowersOfTwo) {
  EXPECT_EQ(StepsUpTo(100, 1), (std::vector<int64_t>{1, 2, 4, 8, 16, 32, 64}));
}

// 4, 4 + floor(4/3), 4 + floor(8/3); 8, 8 + floor(8/3), 8 + floor(16/3).
TEST(EvaluationSteps, ThreeADoublingAreEquallyFarApartWithinIt) {
  EXPECT_EQ(StepsUpTo(40, 3), (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 21, 26, 32}));
}

TEST(EvaluationSteps, AreThoseOfTheFormula) {
  for (const int64_t per_doubling : {1, 2, 3, 5, 7, 8, 64}) {
    std::set<int64_t> expected;
    for (int64_t begin = 1; begin <= 512; begin *= 2) {
      for (int64_t i = 0; i < per_doubling; ++i) expected.insert(begin + i * begin / per_doubling);
    }
    const std::vector<int64_t> found = StepsUpTo(1023, per_doubling);
    EXPECT_EQ(std::set<int64_t>(found.begin(), found.end()), expected) << per_doubling;
  }
}

TEST(EvaluationSteps, ThereAreNoneUnlessAskedFor) { EXPECT_TRUE(StepsUpTo(100, 0).empty()); }

}  // namespace
}  // namespace bench::harness
