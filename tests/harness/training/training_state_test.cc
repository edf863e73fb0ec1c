#include "harness/training/training_state.h"

#include <memory>
#include <utility>

#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/training/checkpoint.h"
#include "tests/harness/training/quadratic_task.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

struct State {
  Quadratic task;
  StepStatistics statistics{{}};
  std::unique_ptr<ParameterUpdate> update = MakeLocalUpdate(Spec(4).optimizer, task.parameters());
  TrainingParts parts() { return {task, *update, statistics}; }

  void Step() {
    ASSERT_TRUE(task.NextWindow().ok());
    task.LossSum(0).backward();
    update->FinishGradients(0);
    update->Apply(0.1);
    update->ClearGradients();
    statistics.Add({1, 2.5, 1, 1});
  }
};

Checkpoint Latest(const std::string& folder) {
  auto loaded = LoadLatestCheckpoint(folder);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->checkpoint.has_value());
  return *std::move(loaded->checkpoint);
}

TEST(TrainingState, WhatWasSavedComesBackWithItsPosition) {
  const TempFolder folder;
  State saved;
  saved.Step();
  ASSERT_TRUE(
      SaveTraining({1, 7, 2.25, true}, saved.parts(), folder / "run", *Ranks::Alone()).ok());

  State restored;
  const auto at = RestoreTraining(Latest(folder / "run"), restored.parts());
  ASSERT_TRUE(at.ok()) << at.status();
  EXPECT_EQ(at->step, 1);
  EXPECT_EQ(at->tokens, 7);
  EXPECT_EQ(at->elapsed_s, 2.25);
  EXPECT_TRUE(at->evaluation_due);
  EXPECT_EQ(restored.statistics.SaveState(), saved.statistics.SaveState());
  // The next step is the same for both: parameters, moments and data are.
  saved.Step();
  restored.Step();
  for (size_t i = 0; i < saved.task.parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(saved.task.parameters()[i].tensor, restored.task.parameters()[i].tensor));
  }
}

TEST(TrainingState, ACheckpointOfOtherTensorsIsBadData) {
  const TempFolder folder;
  State saved;
  ASSERT_TRUE(SaveTraining({}, saved.parts(), folder / "run", *Ranks::Alone()).ok());
  Checkpoint checkpoint = Latest(folder / "run");
  for (models::NamedTensor& named : checkpoint.tensors) named.name += "_of_another_model";
  State other;
  EXPECT_EQ(ExitCodeFor(RestoreTraining(checkpoint, other.parts()).status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::harness
