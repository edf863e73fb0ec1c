#include "harness/training/run_recorder.h"

#include "gtest/gtest.h"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/training/quadratic_task.h"

namespace bench::harness {
namespace {

TrainedStep StepOf(int64_t step) {
  TrainedStep trained;
  trained.step = step;
  trained.tokens = 10 * step;
  trained.window = {
      .num_micro_batches = 1, .denominator = 4, .num_tokens = 10, .num_target_tokens = 4};
  trained.loss = 3.5;
  trained.metrics = {{{&results::kTokenAccuracy, ""}, 0.25}};
  trained.grad_norm = 2;
  trained.learning_rate = 0.125;
  trained.seconds = 0.5;
  return trained;
}

TEST(RunRecorder, AStepIsOneRowOfEverythingThatIsKnownOfIt) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  RunRecorder recorder(context, {});
  recorder.set_elapsed_before(1000);
  { const Range range(context.ranges, RangeId::kForward); }
  ASSERT_TRUE(recorder.Record(StepOf(1)).ok());

  const results::RunRecord record = fixture.Record("run");
  const auto last = [&](const std::string& name) { return record.steps.at(name).value.back(); };
  EXPECT_EQ(record.steps.at("loss").step, std::vector<int64_t>{1});
  EXPECT_EQ(last("loss"), 3.5);
  EXPECT_EQ(last("grad_norm"), 2);
  EXPECT_EQ(last("learning_rate"), 0.125);
  EXPECT_EQ(last("target_tokens"), 4);
  EXPECT_EQ(last("batch_tokens"), 10);
  EXPECT_EQ(last("step_time"), 0.5);
  EXPECT_EQ(last("token_accuracy"), 0.25);
  EXPECT_TRUE(record.ranges.contains("forward"));
  EXPECT_TRUE(record.summary.contains("time_to_first_step"));
  EXPECT_GE(recorder.ElapsedSeconds(), 1000);
  EXPECT_FALSE(recorder.statistics().empty());
}

TEST(RunRecorder, DigestsAreOfWeightsOptimizerAndWhatTheTaskDrawsFrom) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  RunRecorder recorder(context, {});
  Quadratic task;
  const auto update = MakeLocalUpdate(Spec(4).optimizer, task.parameters());
  ASSERT_TRUE(recorder.RecordDigests(0, task, *update).ok());
  ASSERT_TRUE(task.NextWindow().ok());  // moves the data position alone
  ASSERT_TRUE(recorder.RecordDigests(1, task, *update).ok());

  const auto digests = fixture.Record("run").digests;
  const auto changed = [&](const std::string& name) {
    const std::vector<std::string>& sha256 = digests.at(name).sha256;
    return sha256.at(0) != sha256.at(1);
  };
  EXPECT_FALSE(changed("weights"));
  EXPECT_FALSE(changed("optimizer"));
  EXPECT_TRUE(changed("generators"));
}

// Keeps what evaluations found beside its data position.
class Evaluated : public Quadratic {
 public:
  explicit Evaluated(double found) : found_(found) {}
  nlohmann::json SaveState() const override { return {{"position", 0}, {"found", found_}}; }
  nlohmann::json GeneratorState() const override { return {{"position", 0}}; }

 private:
  const double found_;
};

TEST(RunRecorder, WhatEvaluationsFoundIsInNoDigestOfGenerators) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  RunRecorder recorder(context, {});
  for (const int64_t step : {0, 1}) {
    const Evaluated task(0.1 * static_cast<double>(step));
    const auto update = MakeLocalUpdate(Spec(4).optimizer, task.parameters());
    ASSERT_TRUE(recorder.RecordDigests(step, task, *update).ok());
  }
  const std::vector<std::string> sha256 = fixture.Record("run").digests.at("generators").sha256;
  EXPECT_EQ(sha256.at(0), sha256.at(1));
}

}  // namespace
}  // namespace bench::harness
