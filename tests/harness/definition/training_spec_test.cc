#include "harness/definition/training_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(TrainingSpec, TheBatchIsAMultipleOfTheMicroBatch) {
  EXPECT_EQ(Refusal(kSmallSft, {"training.micro_batch_size=12"}), "");
  EXPECT_THAT(Refusal(kSmallSft, {"training.micro_batch_size=13"}),
              HasSubstr("48 is not a multiple of micro_batch_size 13"));
  EXPECT_THAT(Refusal(kSmallSft, {"training.micro_batch_size=96"}), HasSubstr("not a multiple"));
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
