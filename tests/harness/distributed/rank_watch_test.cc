#include "harness/distributed/rank_watch.h"

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "base/reported.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
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

// Of twelve ranks it watches eight; the store that it holds is needed by all.
TEST(RankWatch, WhoHoldsTheStoreLeavesWhenAllAreDone) {
  const auto store = NewStore();
  RankWatch::Settings settings = kFast;
  settings.holds_store = true;
  RankWatch holder(store, 0, 12, settings);
  const auto done = [&](int64_t rank) {
    store->set("done/" + std::to_string(rank), std::vector<uint8_t>{1});
  };
  for (int64_t rank = 1; rank <= RankWatch::kWatched; ++rank) done(rank);
  std::atomic<bool> left = false;
  std::thread leaving([&] {
    holder.Leave(std::chrono::hours(1));
    left = true;
  });
  while (!store->check({"done/0"})) std::this_thread::yield();
  EXPECT_FALSE(left);
  for (int64_t rank = RankWatch::kWatched + 1; rank < 12; ++rank) done(rank);
  leaving.join();
}

TEST(RankWatch, AStopSignalOfOneRankIsAdoptedByTheOthers) {
  const auto store = NewStore();
  RankWatch first(store, 0, 2, kFast);
  SetStopSignalForTest(SIGTERM);
  EXPECT_TRUE(IsStopped(first.LeaveReason(StoppedError())));
  SetStopSignalForTest(std::nullopt);
  RankWatch second(store, 1, 2, kFast);
  EXPECT_EQ(second.Explain().value_or(Ending()).signal, SIGTERM);
  EXPECT_EQ(StopSignal(), SIGTERM);
  SetStopSignalForTest(std::nullopt);
}

// Without an end of the group: all stop in order.
TEST(RankWatch, AStopSignalIsThatOfAllBeforeAnybodyEnds) {
  const auto store = NewStore();
  {
    RankWatch first(store, 0, 2, kFast);
    SetStopSignalForTest(SIGHUP);
    while (!store->check({"stop"})) std::this_thread::yield();
  }
  SetStopSignalForTest(std::nullopt);
  RankWatch second(store, 1, 2, kFast);
  while (!StopSignal()) std::this_thread::yield();
  EXPECT_EQ(StopSignal(), SIGHUP);
  EXPECT_FALSE(second.Lost().has_value());
  SetStopSignalForTest(std::nullopt);
}

// A store whose process is gone.
class GoneStore : public c10d::HashStore {
 public:
  void set(const std::string&, const std::vector<uint8_t>&) override {
    throw std::runtime_error("connection reset");
  }
};

TEST(RankWatch, AGoneStoreIsReportedByOneRankOfAMachine) {
  RankWatch::Settings settings = kFast;
  settings.store_holder = "rank 0";
  RankWatch first(c10::make_intrusive<GoneStore>(), 1, 3, settings);
  settings.reports_store = false;
  RankWatch second(c10::make_intrusive<GoneStore>(), 2, 3, settings);
  const auto reported = first.Explain(), silent = second.Explain();
  ASSERT_TRUE(reported.has_value() && silent.has_value());
  EXPECT_THAT(reported->reason, HasSubstr("rank 0, which holds it, is gone"));
  EXPECT_FALSE(IsReported(ToStatus(*reported, 1)));
  EXPECT_TRUE(IsReported(ToStatus(*silent, 2)));
}

}  // namespace
}  // namespace bench::harness
