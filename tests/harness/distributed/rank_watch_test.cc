#include "harness/distributed/rank_watch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "torch/csrc/distributed/c10d/HashStore.hpp"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

using std::chrono::milliseconds;

constexpr RankWatch::Timing kFast = {milliseconds(5), milliseconds(2000), milliseconds(50),
                                     std::chrono::hours(1)};

c10::intrusive_ptr<c10d::Store> NewStore() { return c10::make_intrusive<c10d::HashStore>(); }

TEST(RankWatch, FindsNobodyLostWhileAllBeat) {
  const auto store = NewStore();
  RankWatch first(store, 0, 2, kFast), second(store, 1, 2, kFast);
  first.Leave(std::chrono::seconds(0));
  EXPECT_FALSE(second.Lost().has_value());
}

TEST(RankWatch, NamesARankWithoutASignAfterAFailure) {
  RankWatch watch(NewStore(), 0, 3, kFast);  // the others never beat
  EXPECT_THAT(watch.Explain(), HasSubstr("rank 1 is gone"));
}

TEST(RankWatch, PassesOnTheReasonOfTheFirstThatEnds) {
  const auto store = NewStore();
  RankWatch first(store, 0, 3, kFast), second(store, 1, 3, kFast), third(store, 2, 3, kFast);
  second.LeaveReason("the disk is full");
  EXPECT_EQ(first.Explain(), "rank 1 ended: the disk is full");
  // The first ends for that, which is no news.
  first.LeaveReason("lost rank 1");
  EXPECT_EQ(third.Explain(), "rank 1 ended: the disk is full");
}

TEST(RankWatch, ADoneRankIsNotLost) {
  const auto store = NewStore();
  RankWatch watch(store, 0, 2, kFast);
  {
    RankWatch other(store, 1, 2, kFast);
    other.Leave(std::chrono::seconds(0));
    while (!store->check({"done/1"})) std::this_thread::yield();
  }
  EXPECT_EQ(watch.Explain(), "a connection between the ranks failed");
}

}  // namespace
}  // namespace bench::harness
