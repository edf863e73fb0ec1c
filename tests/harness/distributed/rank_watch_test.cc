#include "harness/distributed/rank_watch.h"

#include "base/reported.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "torch/csrc/distributed/c10d/HashStore.hpp"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

using std::chrono::milliseconds;

constexpr RankWatch::Settings kFast = {milliseconds(5), milliseconds(2000), milliseconds(100),
                                       std::chrono::hours(1)};

c10::intrusive_ptr<c10d::Store> NewStore() { return c10::make_intrusive<c10d::HashStore>(); }

TEST(RankWatch, FindsNobodyLostWhileAllBeat) {
  const auto store = NewStore();
  RankWatch first(store, 0, 2, kFast), second(store, 1, 2, kFast);
  // Twenty beats: without one, a rank would be lost by then (the next test).
  EXPECT_FALSE(second.Explain().has_value());
  EXPECT_FALSE(first.Lost().has_value());
}

TEST(RankWatch, NamesARankWithoutASignAfterAFailure) {
  RankWatch watch(NewStore(), 0, 3, kFast);  // the others never beat
  EXPECT_THAT(watch.Explain().value_or(Ending()).reason, HasSubstr("rank 1 is gone"));
}

TEST(RankWatch, PassesOnTheReasonOfTheFirstThatEndsWhoAloneReportsIt) {
  const auto store = NewStore();
  RankWatch first(store, 0, 3, kFast), second(store, 1, 3, kFast), third(store, 2, 3, kFast);
  const absl::Status own = DataError("line 3 is bad");
  EXPECT_EQ(second.LeaveReason(own), own);
  ASSERT_TRUE(first.Explain().has_value());
  EXPECT_EQ(first.Explain()->reason, "line 3 is bad");
  // The first ends for that, which is no news; with the code of the one that has the error.
  const absl::Status news = first.LeaveReason(EnvironmentError("lost rank 1"));
  EXPECT_TRUE(IsReported(news));
  EXPECT_EQ(ExitCodeFor(news), ExitCode::kBadData);
  EXPECT_EQ(third.Explain().value_or(Ending()).reason, "line 3 is bad");
}

TEST(RankWatch, ALostRankIsReportedByOneOfTheOthers) {
  constexpr RankWatch::Settings kShort = {milliseconds(5), milliseconds(50), milliseconds(50),
                                          std::chrono::hours(1)};
  const auto store = NewStore();
  RankWatch first(store, 0, 3, kShort), second(store, 1, 3, kShort);  // 2 never beats
  const auto found = first.Explain(), known = second.Explain();
  ASSERT_TRUE(found.has_value() && known.has_value());
  EXPECT_THAT(found->reason, HasSubstr("rank 2 is gone"));
  EXPECT_EQ(found->author, known->author);
  EXPECT_NE(IsReported(ToStatus(*found, 0)), IsReported(ToStatus(*found, 1)));
}

TEST(RankWatch, TheLaunchersReasonIsReportedByNoRank) {
  const auto store = NewStore();
  RankWatch watch(store, 0, 2, kFast);
  Ending killed;
  killed.reason = "rank 1 was killed by signal 9";
  EXPECT_EQ(LeaveEnding(*store, killed).author, Ending::kLauncher);
  EXPECT_EQ(watch.Explain().value_or(Ending()).reason, killed.reason);
  EXPECT_TRUE(IsReported(watch.LeaveReason(EnvironmentError("lost rank 1"))));
}

TEST(RankWatch, ADoneRankIsNotLost) {
  const auto store = NewStore();
  RankWatch watch(store, 0, 2, kFast);
  {
    RankWatch other(store, 1, 2, kFast);
    other.Leave(std::chrono::seconds(0));
    while (!store->check({"done/1"})) std::this_thread::yield();
  }
  EXPECT_FALSE(watch.Explain().has_value());
}

}  // namespace
}  // namespace bench::harness
