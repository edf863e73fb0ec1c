#include "harness/generated/numbers.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness::generated {
namespace {

TEST(Numbers, HaveExactlySoManyDigits) {
  Random random(3);
  std::set<int64_t> of_one, of_two;
  for (int i = 0; i < 2000; ++i) {
    of_one.insert(NumberOf(1, random));
    of_two.insert(NumberOf(2, random));
  }
  // Of 90 numbers one is missing after 2,000 draws with the probability 90 x (89 / 90)^2000.
  EXPECT_EQ(of_one.size(), 10U);
  EXPECT_EQ(*of_one.begin(), 0);
  EXPECT_EQ(of_two.size(), 90U);
  EXPECT_EQ(*of_two.begin(), 10);
  EXPECT_EQ(*of_two.rbegin(), 99);
}

TEST(Numbers, DigitsAreUniformBetweenBothEnds) {
  Random random(4);
  std::set<int64_t> drawn;
  for (int i = 0; i < 200; ++i) drawn.insert(DigitsBetween(2, 4, random));
  EXPECT_EQ(drawn, (std::set<int64_t>{2, 3, 4}));
  EXPECT_EQ(DigitsBetween(3, 3, random), 3);
  EXPECT_THAT(DigitGroups(2, 3), testing::ElementsAre("digits_2", "digits_3"));
}

}  // namespace
}  // namespace bench::harness::generated
