#include "harness/distributed/growing_pause.h"

#include <chrono>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;

TEST(GrowingPause, DoublesFromOneMillisecondToFifty) {
  GrowingPause pause;
  std::vector<std::chrono::milliseconds::rep> lengths(8);
  for (auto& length : lengths) length = pause.Next().count();
  EXPECT_THAT(lengths, ElementsAre(1, 2, 4, 8, 16, 32, 50, 50));
}

TEST(GrowingPause, SleepsNoLessThanItSaysAndGrows) {
  GrowingPause pause;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) pause.Sleep();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1 + 2 + 4));
  EXPECT_EQ(pause.Next().count(), 8);
}

}  // namespace
}  // namespace bench::harness
