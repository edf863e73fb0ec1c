#include "base/even_share.h"

#include <gtest/gtest.h>

namespace bench {
namespace {

TEST(EvenShare, SharesFollowEachOtherAndDifferByOneAtMost) {
  for (int64_t total = 0; total <= 20; ++total) {
    for (int64_t num_shares = 1; num_shares <= 7; ++num_shares) {
      int64_t end = 0;
      for (int64_t i = 0; i < num_shares; ++i) {
        const Share share = EvenShare(total, num_shares, i);
        EXPECT_EQ(share.begin, end);
        EXPECT_GE(share.size(), total / num_shares);
        EXPECT_LE(share.size(), (total + num_shares - 1) / num_shares);
        end = share.end;
      }
      EXPECT_EQ(end, total);
    }
  }
}

TEST(EvenShare, TheLargerComeFirst) {
  EXPECT_EQ(EvenShare(7, 3, 0).size(), 3);
  EXPECT_EQ(EvenShare(7, 3, 1).begin, 3);
  EXPECT_EQ(EvenShare(7, 3, 2).size(), 2);
}

}  // namespace
}  // namespace bench
