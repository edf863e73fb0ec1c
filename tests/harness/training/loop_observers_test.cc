// What looks on while the loop trains.
#include "gtest/gtest.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/training/quadratic_task.h"

namespace bench::harness {
namespace {

class Notebook : public StepObserver {
 public:
  void BeginStep() override { calls.emplace_back("begin step"); }
  void BeginForward() override { calls.emplace_back("begin forward"); }
  void EndForward() override { calls.emplace_back("end forward"); }
  void EndStep() override { calls.emplace_back("end step"); }
  absl::Status Record(const TrainedStep& step) override {
    calls.push_back("record " + std::to_string(step.step));
    if (step.step == fails_at) return EnvironmentError("the notebook is full");
    return absl::OkStatus();
  }

  std::vector<std::string> calls;
  int64_t fails_at = -1;
};

using Calls = std::vector<std::string>;
const Calls kStep = {"begin step",    "begin forward", "end forward",
                     "begin forward", "end forward",   "end step"};

TEST(TrainingLoopObservers, SeeEveryStepInOrderAndChangeNoBit) {
  RunFixture alone;
  RunFixture observed;
  Quadratic first;
  Quadratic second;
  Notebook notebook;
  RunContext context = alone.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(2), first, context).ok());
  RunContext other = observed.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(2), second, other, {&notebook}).ok());
  Calls expected;
  for (const char* record : {"record 1", "record 2"}) {
    expected.insert(expected.end(), kStep.begin(), kStep.end());
    expected.emplace_back(record);
  }
  EXPECT_EQ(notebook.calls, expected);
  EXPECT_EQ(observed.Record("run").digests, alone.Record("run").digests);
}

TEST(TrainingLoopObservers, AStepThatIsCutShortHasNoEnd) {
  RunFixture fixture;
  Quadratic task;
  task.cut_at = 0;
  Notebook notebook;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RunTrainingLoop(Spec(2), task, context, {&notebook}).ok());
  EXPECT_EQ(notebook.calls, Calls{"begin step"});
}

TEST(TrainingLoopObservers, OneThatCannotRecordEndsTheRun) {
  RunFixture fixture;
  Quadratic task;
  Notebook notebook;
  notebook.fails_at = 1;
  RunContext context = fixture.Start("run");
  const auto outcome = RunTrainingLoop(Spec(2), task, context, {&notebook});
  EXPECT_EQ(outcome.status().message(), "the notebook is full");
}

}  // namespace
}  // namespace bench::harness
