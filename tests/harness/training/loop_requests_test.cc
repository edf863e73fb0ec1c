// Checkpoints that a signal asks the loop for.
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/training/quadratic_task.h"

namespace bench::harness {
namespace {

// A request comes in the window of a step, or in the evaluation after it.
class Asked : public Quadratic {
 public:
  Asked(const RunFixture& fixture, int64_t in_window, int64_t in_evaluation)
      : fixture_(fixture), in_window_(in_window), in_evaluation_(in_evaluation) {}
  absl::StatusOr<Window> NextWindow() override {
    const auto window = Quadratic::NextWindow();
    if (SaveState()["position"] == in_window_) RequestCheckpoint();
    return window;
  }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) override {
    saved_before_evaluation = HasCheckpoint(step);
    if (step == in_evaluation_) RequestCheckpoint();
    if (step == fails_at) return EnvironmentError("the power is gone");
    return Quadratic::Evaluate(point, step);
  }
  bool HasCheckpoint(int64_t step) const {
    return Exists(fixture_.folder() / absl::StrFormat("run/checkpoints/step-%09d", step));
  }

  bool saved_before_evaluation = false;  // of the last one
  int64_t fails_at = -1;

 private:
  const RunFixture& fixture_;
  const int64_t in_window_, in_evaluation_;
};

LoopSpec WithoutCheckpoints() {
  LoopSpec spec = Spec(10);
  spec.checkpoint_every_steps = 0;
  return spec;
}

results::RunRecord Undisturbed() {
  RunFixture fixture;
  Quadratic task;
  RunContext context = fixture.Start("run");
  EXPECT_TRUE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
  return fixture.Record("run");
}

void ExpectSameBits(const results::RunRecord& run, const results::RunRecord& expected) {
  EXPECT_EQ(run.digests, expected.digests);
  EXPECT_EQ(run.steps.at("loss").step, expected.steps.at("loss").step);
  EXPECT_EQ(run.steps.at("loss").value, expected.steps.at("loss").value);
  EXPECT_EQ(run.evals.at("loss").step, expected.evals.at("loss").step);
  EXPECT_EQ(run.evals.at("loss").value, expected.evals.at("loss").value);
}

TEST(TrainingLoopRequests, ACheckpointOnRequestIsThatOfTheStepAtHandAndChangesNoBit) {
  RunFixture fixture;
  Asked task(fixture, 6, -1);
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
  EXPECT_TRUE(task.HasCheckpoint(6));
  EXPECT_FALSE(task.HasCheckpoint(7));  // one request, one checkpoint
  ExpectSameBits(fixture.Record("run"), Undisturbed());
}

TEST(TrainingLoopRequests, ARequestInAnEvaluationIsMetAfterItAtTheSameStep) {
  RunFixture fixture;
  Asked task(fixture, -1, 4);
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
  EXPECT_TRUE(task.HasCheckpoint(4));
  EXPECT_FALSE(task.HasCheckpoint(5));
  ExpectSameBits(fixture.Record("run"), Undisturbed());
}

// The evaluation may take longer than whoever asked is going to wait.
TEST(TrainingLoopRequests, ARequestBeforeAnEvaluationIsMetFirstAndTheEvaluationMadeUpForOnResume) {
  RunFixture fixture;
  {
    Asked task(fixture, 4, -1);
    task.fails_at = 4;  // stands for a kill in the evaluation
    RunContext context = fixture.Start("run");
    EXPECT_FALSE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
    EXPECT_TRUE(task.saved_before_evaluation);
  }
  Asked task(fixture, -1, -1);
  RunContext context = fixture.Resume("run", 4);
  ASSERT_TRUE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
  EXPECT_EQ(task.evaluated, (std::vector<int64_t>{4, 8, 10}));
  ExpectSameBits(fixture.Record("run"), Undisturbed());
}

TEST(TrainingLoopRequests, ARequestInTheLastStepIsMetBeforeTheFinalEvaluation) {
  RunFixture fixture;
  Asked task(fixture, 10, -1);
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(WithoutCheckpoints(), task, context).ok());
  EXPECT_TRUE(task.saved_before_evaluation);
}

}  // namespace
}  // namespace bench::harness
