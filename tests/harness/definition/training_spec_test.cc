#include "harness/definition/training_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/even_share.h"
#include "base/status.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TrainingSpec, AMicroBatchIsNotMoreThanTheBatch) {
  EXPECT_EQ(Refusal(kSmallSft, {"training.micro_batch_size=48"}), "");
  EXPECT_EQ(Refusal(kSmallSft, {"training.micro_batch_size=13"}), "");
  EXPECT_THAT(Refusal(kSmallSft, {"training.micro_batch_size=49"}),
              HasSubstr("training.micro_batch_size: 49 is more than training.batch_size 48"));
}

TEST(MicroBatchRows, AreEvenSharesCutEvenly) {
  EXPECT_THAT(MicroBatchRows(8, 0, 1), ElementsAre(8));
  EXPECT_THAT(MicroBatchRows(8, 2, 2), ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(MicroBatchRows(10, 4, 1), ElementsAre(4, 3, 3));
  EXPECT_THAT(MicroBatchRows(10, 0, 4), ElementsAre(3, 3, 2, 2));
  EXPECT_THAT(MicroBatchRows(13, 4, 3), ElementsAre(3, 2, 4, 4));
  EXPECT_THAT(MicroBatchRows(3, 2, 3), ElementsAre(1, 1, 1));
}

// The loop gives each rank an even share of the micro-batches: it must be what was cut for it.
TEST(MicroBatchRows, OfARankAreItsShareOfThemAll) {
  for (int64_t rows = 1; rows <= 40; ++rows) {
    for (int64_t num_ranks = 1; num_ranks <= std::min<int64_t>(rows, 9); ++num_ranks) {
      for (int64_t most = 0; most <= rows; ++most) {
        const std::vector<int64_t> all = MicroBatchRows(rows, most, num_ranks);
        EXPECT_EQ(std::accumulate(all.begin(), all.end(), int64_t{0}), rows);
        for (int64_t rank = 0; rank < num_ranks; ++rank) {
          const Share share = EvenShare(std::ssize(all), num_ranks, rank);
          EXPECT_EQ(std::accumulate(all.begin() + share.begin, all.begin() + share.end, int64_t{0}),
                    EvenShare(rows, num_ranks, rank).size())
              << rows << " rows, at most " << most << ", rank " << rank << " of " << num_ranks;
        }
        EXPECT_LE(*std::max_element(all.begin(), all.end()), most > 0 ? most : rows);
      }
    }
  }
}

TEST(CheckSpread, EveryRankNeedsARow) {
  EXPECT_TRUE(CheckSpread("training.batch_size", 3, 3).ok());
  const absl::Status refused = CheckSpread("training.batch_size", 3, 4);
  EXPECT_EQ(ExitCodeFor(refused), ExitCode::kUsage);
  EXPECT_THAT(refused.message(), HasSubstr("training.batch_size 3 is fewer rows than 4 ranks"));
}

TEST(ScheduleSpec, TheWarmUpFitsIntoTheSteps) {
  EXPECT_EQ(Refusal(kSmallSft, {"schedule.warmup_steps=1600"}), "");
  EXPECT_THAT(Refusal(kSmallSft, {"schedule.warmup_steps=1601"}),
              HasSubstr("1601 is more than training.steps 1600"));
}

std::string RefusalOfBounds(const std::string& element) {
  return Refusal(kSmallSft, {"acceptance=[" + element + "]"});
}

TEST(AcceptanceBound, HasANameAndAtLeastOneEnd) {
  EXPECT_EQ(RefusalOfBounds("{metric=\"a\",min=0.1}"), "");
  EXPECT_EQ(RefusalOfBounds("{metric=\"a\",max=1,min=1}"), "");
  EXPECT_THAT(RefusalOfBounds("{metric=\"\",min=0.1}"), HasSubstr("the metric has no name"));
  EXPECT_THAT(RefusalOfBounds("{metric=\"a\"}"), HasSubstr("needs min, max or both"));
  EXPECT_THAT(RefusalOfBounds("{metric=\"a\",min=0.3,max=0.2}"),
              HasSubstr("acceptance[0].min: 0.3 is more than max 0.2"));
  EXPECT_THAT(RefusalOfBounds("{metric=\"a\",min=0},{metric=\"a\",max=1}"),
              HasSubstr("acceptance[1].metric: this metric has bounds already"));
}

TEST(OptimizerSpec, RefusesValuesThatCannotTrain) {
  for (const std::string text : {"learning_rate=0", "learning_rate=-1", "beta1=1", "beta2=-0.1",
                                 "epsilon=0", "weight_decay=-1", "max_grad_norm=-1"}) {
    EXPECT_THAT(Refusal(kSmallSft, {"optimizer." + text}), HasSubstr("out of range")) << text;
  }
}

}  // namespace
}  // namespace bench::harness
