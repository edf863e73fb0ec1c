#include "harness/distributed/rank_store.h"

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(RankStore, TakesAPortOfItsOwn) {
  const auto one = RankStore::Open("127.0.0.1");
  const auto other = RankStore::Open("127.0.0.1");
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_GT(one->port(), 0);
  EXPECT_NE(one->port(), other->port());
}

}  // namespace
}  // namespace bench::harness
