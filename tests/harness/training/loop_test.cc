#include "harness/training/loop.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "base/status.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/training/quadratic_task.h"

namespace bench::harness {
namespace {

using results::RunStatus;

TEST(TrainingLoop, EvaluatesWhenDueAndOnceAtTheEnd) {
  RunFixture fixture;
  Quadratic task;
  RunContext context = fixture.Start("run");
  const auto outcome = RunTrainingLoop(Spec(8), task, context);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->status, RunStatus::kComplete);
  EXPECT_EQ(task.evaluated, (std::vector<int64_t>{4, 8}));
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(record.steps.at("loss").step, (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(record.steps.at("loss").tokens.back(), 160);
  // By hand: at w = 0, position 1, the targets are 1 and 2: (1 / 2 + 4 / 2) / 2 = 1.25.
  EXPECT_DOUBLE_EQ(record.steps.at("loss").value[0], 1.25);
  // Gradient (0 - 1 + 0 - 2) / 2 = -1.5, by AdamW's first step of lr x sign (plus eps): w = 0.1, so
  // at position 2 the targets 2 and 3 give (1.9^2 + 2.9^2) / 4. Fused AdamW rounds in fp32.
  EXPECT_DOUBLE_EQ(record.steps.at("grad_norm").value[0], 1.5);
  EXPECT_NEAR(record.steps.at("loss").value[1], (1.9 * 1.9 + 2.9 * 2.9) / 4, 1e-5);
  EXPECT_EQ(record.digests.at("weights").step, (std::vector<int64_t>{4, 8}));
  EXPECT_EQ(record.ranges.at("forward").count, std::vector<int64_t>(8, 2));
}

// 1, 2, 3; 4 and 6; 8, with those of every four steps; the last one once.
TEST(TrainingLoop, EvaluatesAtLogSpacedStepsToo) {
  RunFixture fixture;
  Quadratic task;
  RunContext context = fixture.Start("run");
  LoopSpec spec = Spec(12);
  spec.evaluations_per_doubling = 2;
  ASSERT_TRUE(RunTrainingLoop(spec, task, context).ok());
  EXPECT_EQ(task.evaluated, (std::vector<int64_t>{1, 2, 3, 4, 6, 8, 12}));
}

TEST(TrainingLoop, ResumedAtAnyCheckpointEqualsAnUninterruptedRun) {
  RunFixture whole_fixture;
  Quadratic whole_task;
  RunContext whole = whole_fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(10), whole_task, whole).ok());
  const results::RunRecord expected = whole_fixture.Record("run");

  for (const int64_t nan_at : {4, 5, 7, 10}) {
    RunFixture fixture;
    {
      // Stands for a kill: it ends in the step after the last checkpoint, which leaves no other.
      Quadratic task;
      task.nan_at = nan_at;
      RunContext context = fixture.Start("run");
      ASSERT_EQ(RunTrainingLoop(Spec(10), task, context)->status, RunStatus::kDiverged);
    }
    Quadratic task;
    RunContext context = fixture.Resume("run", (nan_at - 1) / 3 * 3);
    ASSERT_TRUE(RunTrainingLoop(Spec(10), task, context).ok());
    const results::RunRecord resumed = fixture.Record("run");
    EXPECT_EQ(resumed.digests, expected.digests) << nan_at;
    EXPECT_EQ(resumed.steps.at("loss").step, expected.steps.at("loss").step) << nan_at;
    EXPECT_EQ(resumed.steps.at("loss").value, expected.steps.at("loss").value) << nan_at;
    EXPECT_EQ(resumed.evals.at("loss").value, expected.evals.at("loss").value) << nan_at;
  }
}

TEST(TrainingLoop, AStepCutShortNeverWas) {
  RunFixture whole_fixture;
  Quadratic whole_task;
  RunContext whole = whole_fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(10), whole_task, whole).ok());

  RunFixture fixture;
  Quadratic task;
  task.cut_at = 5;
  RunContext context = fixture.Start("run");
  const auto cut = RunTrainingLoop(Spec(10), task, context);
  ASSERT_TRUE(cut.ok()) << cut.status();
  EXPECT_EQ(cut->status, RunStatus::kInterrupted);
  EXPECT_EQ(fixture.Record("run").steps.at("loss").step, (std::vector<int64_t>{1, 2, 3, 4, 5}));
  Quadratic again;
  RunContext resumed = fixture.Resume("run", 5);
  ASSERT_TRUE(RunTrainingLoop(Spec(10), again, resumed).ok());
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(record.digests, whole_fixture.Record("run").digests);
  EXPECT_EQ(record.steps.at("loss").value, whole_fixture.Record("run").steps.at("loss").value);
}

TEST(TrainingLoop, ATensorOfTheStateThatDiffersIsNamedByTheGeneratorsDigest) {
  const auto digests = [](const std::vector<models::NamedTensor>& tensors) {
    RunFixture fixture;
    Quadratic task;
    task.state_tensors = tensors;
    RunContext context = fixture.Start("run");
    EXPECT_TRUE(RunTrainingLoop(Spec(4), task, context).ok());
    return fixture.Record("run").digests;
  };
  const auto zeros = digests({{"rollout", at::zeros({2})}});
  const auto ones = digests({{"rollout", at::ones({2})}});
  EXPECT_EQ(zeros, digests({{"rollout", at::zeros({2})}}));
  EXPECT_EQ(zeros.at("weights"), ones.at("weights"));
  EXPECT_FALSE(zeros.at("generators") == ones.at("generators"));
}

// A kill between the last checkpoint and the results file.
TEST(TrainingLoop, ResumedAfterTheLastStepEvaluatesOnceMoreAndKeepsOneRow) {
  RunFixture fixture;
  Quadratic task;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(10), task, context).ok());
  const results::RunRecord expected = fixture.Record("run");
  Quadratic again;
  RunContext resumed = fixture.Resume("run", 10);
  ASSERT_TRUE(RunTrainingLoop(Spec(10), again, resumed).ok());
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(record.evals.at("loss").step, expected.evals.at("loss").step);
  EXPECT_EQ(record.evals.at("loss").value, expected.evals.at("loss").value);
  EXPECT_EQ(record.digests, expected.digests);
}

// Step 4 has an evaluation only, 8 one that no checkpoint follows, 12 both, 14 is the last.
TEST(TrainingLoop, EvaluationCutShortIsMadeUpForWhenTheRunIsResumed) {
  RunFixture whole_fixture;
  Quadratic whole_task;
  RunContext whole = whole_fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(14), whole_task, whole).ok());
  const results::RunRecord expected = whole_fixture.Record("run");

  for (const int64_t stopped_at : {4, 8, 12, 14}) {
    RunFixture fixture;
    Quadratic stopped;
    stopped.stopped_at = stopped_at;
    RunContext context = fixture.Start("run");
    const auto outcome = RunTrainingLoop(Spec(14), stopped, context);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->status, RunStatus::kInterrupted) << stopped_at;
    EXPECT_EQ(fixture.Record("run").steps.at("loss").step.back(), stopped_at);

    Quadratic task;
    RunContext resumed = fixture.Resume("run", stopped_at);
    ASSERT_EQ(RunTrainingLoop(Spec(14), task, resumed)->status, RunStatus::kComplete);
    EXPECT_EQ(task.evaluated.front(), stopped_at);
    const results::RunRecord record = fixture.Record("run");
    EXPECT_EQ(record.evals.at("loss").step, expected.evals.at("loss").step) << stopped_at;
    EXPECT_EQ(record.evals.at("loss").value, expected.evals.at("loss").value) << stopped_at;
    EXPECT_EQ(record.steps.at("loss").value, expected.steps.at("loss").value) << stopped_at;
    EXPECT_EQ(record.digests, expected.digests) << stopped_at;
  }
}

TEST(TrainingLoop, EvaluatesBeforeTheFirstStepWhereThatIsAskedForAlsoWhenItWasCutShort) {
  LoopSpec spec = Spec(6);
  spec.first_evaluation = FirstEvaluation::kBeforeTraining;
  RunFixture whole_fixture;
  Quadratic whole_task;
  RunContext whole = whole_fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(spec, whole_task, whole).ok());
  const results::RunRecord expected = whole_fixture.Record("run");
  EXPECT_EQ(expected.evals.at("loss").step, (std::vector<int64_t>{0, 4, 6}));
  EXPECT_EQ(expected.evals.at("loss").value.front(), 0);

  RunFixture fixture;
  Quadratic stopped;
  stopped.stopped_at = 0;
  RunContext context = fixture.Start("run");
  EXPECT_EQ(RunTrainingLoop(spec, stopped, context)->status, RunStatus::kInterrupted);
  Quadratic task;
  RunContext resumed = fixture.Resume("run", 0);
  ASSERT_EQ(RunTrainingLoop(spec, task, resumed)->status, RunStatus::kComplete);
  EXPECT_EQ(task.evaluated, (std::vector<int64_t>{0, 4, 6}));
  EXPECT_EQ(fixture.Record("run").evals.at("loss").value, expected.evals.at("loss").value);

  // Resumed after a step, it is not due again.
  Quadratic later;
  RunContext from_3 = fixture.Resume("run", 6);
  ASSERT_TRUE(RunTrainingLoop(spec, later, from_3).ok());
  EXPECT_EQ(later.evaluated, (std::vector<int64_t>{6}));
}

// As it would have been without the stop: no step follows it.
TEST(TrainingLoop, NonFiniteEvaluationEndsTheRunAlsoWhenMadeUpFor) {
  for (const bool cut_short : {false, true}) {
    RunFixture fixture;
    if (cut_short) {
      Quadratic stopped;
      stopped.stopped_at = 4;
      RunContext context = fixture.Start("run");
      ASSERT_EQ(RunTrainingLoop(Spec(8), stopped, context)->status, RunStatus::kInterrupted);
    }
    Quadratic task;
    task.not_finite_at = 4;
    RunContext context = cut_short ? fixture.Resume("run", 4) : fixture.Start("run");
    const auto outcome = RunTrainingLoop(Spec(8), task, context);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->status, RunStatus::kDiverged) << cut_short;
    const results::RunRecord record = fixture.Record("run");
    EXPECT_EQ(record.steps.at("loss").step.back(), 4) << cut_short;
    EXPECT_EQ(record.evals.at("loss").step, (std::vector<int64_t>{4})) << cut_short;
  }
}

// A run killed once its checkpoint is there does not record again what came before.
TEST(TrainingLoop, RangesOfAnEvaluationAreInTheJournalBeforeTheCheckpoint) {
  RunFixture fixture;
  Quadratic task;
  RunContext context = fixture.Start("run");
  std::optional<results::RunRecord> at_save;
  task.on_save = [&] { at_save = *results::RecoverJournal(fixture.folder() / "run"); };
  ASSERT_TRUE(RunTrainingLoop(Spec(12), task, context).ok());
  EXPECT_EQ(at_save->ranges.at("evaluate").step, (std::vector<int64_t>{4, 8, 12}));
  EXPECT_EQ(at_save->ranges.at("checkpoint").step, (std::vector<int64_t>{3, 6, 9}));
  EXPECT_EQ(fixture.Record("run").ranges.at("checkpoint").step,
            (std::vector<int64_t>{3, 6, 9, 12}));
}

TEST(TrainingLoop, NonFiniteLossEndsTheRunAsDivergedWithoutAnUpdate) {
  RunFixture fixture;
  Quadratic task;
  task.nan_at = 1;
  RunContext context = fixture.Start("run");
  const auto outcome = RunTrainingLoop(Spec(8), task, context);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->status, RunStatus::kDiverged);
  EXPECT_EQ(task.parameters()[0].tensor.item<float>(), 0.0f);
  EXPECT_TRUE(std::isnan(fixture.Record("run").steps.at("loss").value[0]));
}

// Its targets come from a tensor, made anew every third step, that is a part of its state.
class Phased : public Quadratic {
 public:
  absl::StatusOr<Window> NextWindow() override {
    if (left_ == 0) {
      left_ = 3;
      phase_ = phase_ * 2 + 1;
    }
    --left_;
    return Quadratic::NextWindow();
  }
  at::Tensor LossSum(int64_t micro_batch) override {
    return Quadratic::LossSum(micro_batch) + (parameters()[0].tensor * phase_).sum();
  }
  nlohmann::json SaveState() const override {
    return {{"base", Quadratic::SaveState()}, {"left", left_}};
  }
  absl::Status RestoreState(const nlohmann::json& state) override {
    left_ = state["left"];
    return Quadratic::RestoreState(state["base"]);
  }
  std::vector<models::NamedTensor> StateTensors() const override { return {{"phase", phase_}}; }
  absl::Status RestoreTensors(const std::vector<models::NamedTensor>& tensors) override {
    return CopyByName(tensors, StateTensors());
  }

 private:
  int64_t left_ = 0;
  at::Tensor phase_ = at::zeros({1}, at::kDouble);
};

TEST(TrainingLoop, TensorsOfTheTasksStateAreRestoredInTheMiddleOfAPhase) {
  RunFixture whole_fixture;
  Phased whole_task;
  RunContext whole = whole_fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(8), whole_task, whole).ok());
  const results::RunRecord expected = whole_fixture.Record("run");
  for (const int64_t stop : {1, 2, 3, 4, 5}) {
    RunFixture fixture;
    Phased stopped;
    RunContext context = fixture.Start("run");
    context.stop_after_step = stop;
    ASSERT_EQ(RunTrainingLoop(Spec(8), stopped, context)->status, RunStatus::kInterrupted);
    Phased task;
    RunContext resumed = fixture.Resume("run", stop);
    ASSERT_TRUE(RunTrainingLoop(Spec(8), task, resumed).ok());
    EXPECT_EQ(fixture.Record("run").steps.at("loss").value, expected.steps.at("loss").value);
    EXPECT_EQ(fixture.Record("run").digests, expected.digests) << stop;
  }
}

TEST(TrainingLoop, RefusesTensorsThatTheTaskDoesNotKnow) {
  RunFixture fixture;
  Phased stopped;
  RunContext context = fixture.Start("run");
  context.stop_after_step = 2;
  ASSERT_TRUE(RunTrainingLoop(Spec(8), stopped, context).ok());
  class Plain : public Quadratic {
    absl::Status RestoreState(const nlohmann::json&) override { return absl::OkStatus(); }
  } task;
  RunContext resumed = fixture.Resume("run", 2);
  const auto outcome = RunTrainingLoop(Spec(8), task, resumed);
  EXPECT_EQ(ExitCodeFor(outcome.status()), ExitCode::kBadData);
}

// Names its loss, reports a metric of its own, and moves its weight when training ends.
class Centred : public Quadratic {
 public:
  const results::MetricDescriptor& loss_metric() const override { return results::kPairLoss; }
  std::vector<results::MetricValue> WindowMetrics() const override {
    return {{{&results::kRewardMargin, ""}, static_cast<double>(num_losses_)}};
  }
  at::Tensor LossSum(int64_t micro_batch) override {
    ++num_losses_;
    return Quadratic::LossSum(micro_batch);
  }
  absl::Status EndTraining() override {
    ends.push_back(static_cast<int64_t>(evaluated.size()));
    const at::NoGradGuard no_grad;
    parameters()[0].tensor.fill_(7);
    return absl::OkStatus();
  }

  std::vector<int64_t> ends;  // evaluations before each call

 private:
  int64_t num_losses_ = 0;
};

TEST(TrainingLoop, RecordsTheTasksLossAndMetricsAfterAllMicroBatches) {
  RunFixture fixture;
  Centred task;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(3), task, context).ok());
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(record.steps.at("reward_margin").value, (std::vector<double>{2, 4, 6}));
  EXPECT_EQ(record.steps.at("loss").metric.units, "nats/pair");
}

TEST(TrainingLoop, EndsTrainingBeforeTheFinalEvaluationOfACompletedRunOnly) {
  RunFixture fixture;
  Centred task;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(8), task, context).ok());
  EXPECT_EQ(task.ends, std::vector<int64_t>{1});  // after the evaluation of step 4
  EXPECT_EQ(fixture.Record("run").evals.at("loss").value.back(), 7);

  Centred stopped;
  RunContext until_2 = fixture.Start("stopped");
  until_2.stop_after_step = 2;
  EXPECT_EQ(RunTrainingLoop(Spec(8), stopped, until_2)->status, RunStatus::kInterrupted);
  EXPECT_TRUE(stopped.ends.empty());
}

}  // namespace
}  // namespace bench::harness
