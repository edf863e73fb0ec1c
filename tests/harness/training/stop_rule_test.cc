#include "harness/training/stop_rule.h"

#include <barrier>
#include <optional>

#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "tests/harness/stop_request.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

TEST(StopRule, TheRunsOwnLimitStopsItFromThatStepOn) {
  const auto alone = Ranks::Alone();
  const StopRule rule(*alone, 3);
  EXPECT_FALSE(rule.MustStop(2));
  EXPECT_TRUE(rule.MustStop(3));
  EXPECT_TRUE(rule.MustStop(4));
}

TEST(StopRule, ASignalStopsOneProcessAtOnce) {
  const auto alone = Ranks::Alone();
  const StopRule rule(*alone, std::nullopt);
  EXPECT_FALSE(rule.MustStop(0));
  const StopRequest request;
  EXPECT_TRUE(rule.MustStop(0));
}

TEST(StopRule, ARequestIsTakenOnce) {
  const auto alone = Ranks::Alone();
  StopRule rule(*alone, std::nullopt);
  EXPECT_FALSE(rule.TakeCheckpointRequest());
  RequestCheckpoint();
  EXPECT_TRUE(rule.TakeCheckpointRequest());
  EXPECT_FALSE(rule.TakeCheckpointRequest());
}

// So that all stop after the same step, a rank's own signal counts when all have heard of it.
TEST(StopRule, OfSeveralRanksWhatAllWereToldDecides) {
  std::barrier both(2);  // joining heeds a signal too, so it comes when both have joined
  std::optional<StopRequest> request;
  RunOnRanks(2, [&](Ranks& ranks) {
    both.arrive_and_wait();
    if (ranks.leads()) request.emplace();
    both.arrive_and_wait();
    StopRule rule(ranks, std::nullopt);
    EXPECT_FALSE(rule.MustStop(1));
    rule.Learn({.losses = {}, .stop_requested = true, .checkpoint_requested = true});
    EXPECT_TRUE(rule.MustStop(1));
    EXPECT_TRUE(rule.TakeCheckpointRequest());
  });
}

TEST(StopRule, RankZerosEvaluationEndsForAllAsItDidForRankZero) {
  RunOnRanks(2, [](Ranks& ranks) {
    StopRule rule(ranks, std::nullopt);
    const EvaluationEnd end =
        rule.ShareEvaluation(ranks.leads() ? EvaluationEnd{.cut_short = true, .diverged = false}
                                           : EvaluationEnd{.cut_short = false, .diverged = true});
    EXPECT_TRUE(end.cut_short);
    EXPECT_FALSE(end.diverged);
  });
}

}  // namespace
}  // namespace bench::harness
