#include "harness/training/rank_agreement.h"

#include <csignal>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(GatherLosses, KeepsTheOrderOfTheMicroBatches) {
  RunOnRanks(3, [](Ranks& ranks) {
    const auto first = static_cast<double>(2 * ranks.rank());
    const WindowLosses all = GatherLosses({first, first + 1}, 6, ranks);
    EXPECT_THAT(all.losses, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_FALSE(all.stop_requested);
  });
}

TEST(GatherLosses, RanksMayHaveDifferentNumbersOfThem) {
  RunOnRanks(3, [](Ranks& ranks) {
    const Share share = EvenShare(5, 3, ranks.rank());
    std::vector<double> own;
    for (int64_t i = share.begin; i < share.end; ++i) own.push_back(static_cast<double>(i));
    EXPECT_THAT(GatherLosses(own, 5, ranks).losses, ElementsAre(0, 1, 2, 3, 4));
  });
}

TEST(GatherLosses, SaysThatAStopSignalHasCome) {
  SetStopSignalForTest(SIGTERM);
  EXPECT_TRUE(GatherLosses({1.5}, 1, *Ranks::Alone()).stop_requested);
  SetStopSignalForTest(std::nullopt);
  EXPECT_THAT(GatherLosses({1.5}, 1, *Ranks::Alone()).losses, ElementsAre(1.5));
}

// Whichever rank it came to (here: the first that takes it), all save together, once.
TEST(GatherLosses, ARequestForACheckpointOfOneRankIsAllRanks) {
  RequestCheckpoint();
  RunOnRanks(3, [](Ranks& ranks) {
    EXPECT_TRUE(GatherLosses({1.5}, 3, ranks).checkpoint_requested);
    EXPECT_FALSE(GatherLosses({1.5}, 3, ranks).checkpoint_requested);
  });
}

TEST(CheckSameParameters, NamesTheRankThatDiffers) {
  RunOnRanks(3, [](Ranks& ranks) {
    EXPECT_TRUE(CheckSameParameters("abc", 7, ranks).ok());
    const absl::Status status = CheckSameParameters(ranks.rank() == 2 ? "abd" : "abc", 7, ranks);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
    EXPECT_THAT(status.message(), HasSubstr("after step 7 the parameters of rank 2"));
  });
}

}  // namespace
}  // namespace bench::harness
