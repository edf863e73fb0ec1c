#include "harness/distributed/rank_store.h"

#include <thread>

#include "base/reported.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/distributed/ranks.h"

namespace bench::harness {
namespace {

TEST(RankStore, TakesAPortOfItsOwn) {
  const auto one = RankStore::Open();
  const auto other = RankStore::Open();
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_GT(one->port(), 0);
  EXPECT_NE(one->port(), other->port());
}

TEST(RankStore, TheFirstReasonIsReportedOnce) {
  auto store = RankStore::Open();
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(store->LeaveReason("rank 1 was killed by signal 9"));
  std::thread([&] {
    const RankEnvironment rank = {0, 2, 0, 2, "127.0.0.1", store->port(), true, AttemptPrefix("0")};
    const auto ranks = Ranks::Join(rank, {std::chrono::seconds(30), {}});
    EXPECT_EQ(ranks.status().message(), "rank 1 was killed by signal 9");
    EXPECT_TRUE(IsReported(ranks.status()));
  }).join();
}

TEST(RankStore, AReasonOfARankIsNotReportedAgain) {
  auto store = RankStore::Open();
  ASSERT_TRUE(store.ok());
  const RankEnvironment rank = {0, 2, 0, 2, "127.0.0.1", store->port(), true, AttemptPrefix("0")};
  EXPECT_FALSE(IsReported(Ranks::Join(rank, {std::chrono::seconds(1), {}}).status()));
  EXPECT_FALSE(store->LeaveReason("rank 0 ended with exit code 5"));
}

}  // namespace
}  // namespace bench::harness
