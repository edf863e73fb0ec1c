#include "harness/profiling/step_profiler.h"

#include <gtest/gtest.h>

#include "results/notes.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/training/quadratic_task.h"

namespace bench::harness {
namespace {

using Calls = std::vector<std::string>;

// Notes when it is told to look, by the number of ranges "step" that have ended by then.
class FakeProfiler : public Profiler {
 public:
  explicit FakeProfiler(Calls& calls) : calls_(calls) {}

  absl::Status Start() override {
    calls_.emplace_back("start");
    return start;
  }
  absl::StatusOr<ProfileTables> Stop() override {
    calls_.emplace_back("stop");
    ProfileTables tables;
    tables["profile_operators"] = {{"range", "count"}, {{"forward", int64_t{4}}}};
    return tables;
  }

  absl::Status start;

 private:
  Calls& calls_;
};

// Steps are noted among the profiler's calls.
class StepNotes : public StepObserver {
 public:
  explicit StepNotes(Calls& calls) : calls_(calls) {}
  void BeginStep() override { calls_.emplace_back("begin"); }
  absl::Status Record(const TrainedStep& step) override {
    calls_.push_back("step " + std::to_string(step.step));
    return absl::OkStatus();
  }

 private:
  Calls& calls_;
};

struct Profiled {
  Calls calls;
  results::RunRecord record;
  absl::Status status;
};

// Trains `num_steps` steps with a profiler of `steps`.
Profiled Train(int64_t num_steps, std::optional<ProfiledSteps> steps,
               const absl::Status& start = absl::OkStatus()) {
  RunFixture fixture;
  Quadratic task;
  Profiled out;
  RunContext context = fixture.Start("run");
  auto fake = std::make_unique<FakeProfiler>(out.calls);
  fake->start = start;
  StepProfiler profiler(std::move(fake), steps, 1, context.writer);
  StepNotes notes(out.calls);
  context.profiler = &profiler;
  out.status = profiler.Begin(ProfileTool::kKineto);
  if (out.status.ok()) {
    out.status = RunTrainingLoop(Spec(num_steps), task, context, {&notes}).status();
  }
  if (out.status.ok()) out.status = profiler.End();
  out.record = fixture.Record("run");
  return out;
}

TEST(StepProfiler, LooksFromTheBeginningOfTheFirstStepToTheEndOfTheLast) {
  const Profiled out = Train(4, ProfiledSteps{2, 3});
  ASSERT_TRUE(out.status.ok()) << out.status;
  EXPECT_EQ(out.calls, (Calls{"begin", "step 1", "start", "begin", "step 2", "begin", "stop",
                              "step 3", "begin", "step 4"}));
  EXPECT_EQ(out.record.notes.at("profiler"), results::Attribute("kineto"));
  EXPECT_EQ(out.record.notes.at("profile_first_step"), results::Attribute(int64_t{2}));
  EXPECT_EQ(out.record.notes.at("profile_steps"), results::Attribute(int64_t{2}));
  EXPECT_EQ(out.record.tables.at("profile_operators").rows.size(), 1u);
}

TEST(StepProfiler, ARunThatEndsWithinTheStepsIsProfiledAsFarAsItCame) {
  const Profiled out = Train(2, ProfiledSteps{2, 9});
  ASSERT_TRUE(out.status.ok()) << out.status;
  EXPECT_EQ(out.calls, (Calls{"begin", "step 1", "start", "begin", "step 2", "stop"}));
  EXPECT_EQ(out.record.notes.at("profile_steps"), results::Attribute(int64_t{1}));
}

TEST(StepProfiler, AStageWithoutStepsIsProfiledAsAWhole) {
  const Profiled out = Train(1, std::nullopt);
  ASSERT_TRUE(out.status.ok()) << out.status;
  EXPECT_EQ(out.calls, (Calls{"start", "begin", "step 1", "stop"}));
  EXPECT_EQ(out.record.notes.at("profiler"), results::Attribute("kineto"));
  EXPECT_FALSE(out.record.notes.contains("profile_steps"));
}

TEST(StepProfiler, AToolThatDoesNotWorkEndsTheRunWhichIsMarkedAllTheSame) {
  const Profiled out = Train(3, ProfiledSteps{1, 2}, EnvironmentError("perf is not allowed"));
  EXPECT_EQ(out.status.message(), "perf is not allowed");
  EXPECT_TRUE(out.record.notes.contains("profiler"));
}

TEST(StepProfiler, AResumedRunIsProfiledFromWhereItBeginsAndNotBehindTheSteps) {
  for (const auto& [next_step, is_profiled] :
       {std::pair(int64_t{3}, true), std::pair(int64_t{4}, false)}) {
    RunFixture fixture;
    Calls calls;
    RunContext context = fixture.Start("run");
    StepProfiler profiler(std::make_unique<FakeProfiler>(calls), ProfiledSteps{2, 3}, next_step,
                          context.writer);
    profiler.BeginStep();
    TrainedStep step;
    step.step = next_step;
    ASSERT_TRUE(profiler.Record(step).ok());
    ASSERT_TRUE(profiler.End().ok());
    EXPECT_EQ(calls, is_profiled ? (Calls{"start", "stop"}) : Calls());
  }
}

}  // namespace
}  // namespace bench::harness
