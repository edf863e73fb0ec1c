#include "harness/training/training_state.h"

#include "base/status.h"

namespace bench::harness {
namespace {

constexpr char kOptimizerPrefix[] = "optimizer/";

Checkpoint WithoutOptimizer(const TrainingPosition& position, const TrainingParts& parts) {
  Checkpoint checkpoint;
  checkpoint.step = position.step;
  checkpoint.tokens = position.tokens;
  checkpoint.elapsed_s = position.elapsed_s;
  checkpoint.task_state = {{"stage", parts.task.SaveState()},
                           {"statistics", parts.statistics.SaveState()},
                           {"evaluation_due", position.evaluation_due}};
  AppendWithPrefix(parts.task.parameters(), "model", checkpoint.tensors);
  AppendWithPrefix(parts.task.StateTensors(), "stage", checkpoint.tensors);
  return checkpoint;
}

}  // namespace

absl::StatusOr<TrainingPosition> RestoreTraining(const Checkpoint& checkpoint,
                                                 const TrainingParts& parts) {
  BENCH_RETURN_IF_ERROR(
      CopyByName(WithPrefix(checkpoint.tensors, "model"), parts.task.parameters()));
  BENCH_RETURN_IF_ERROR(parts.update.RestoreState(WithPrefix(checkpoint.tensors, "optimizer")));
  BENCH_RETURN_IF_ERROR(parts.task.RestoreState(checkpoint.task_state["stage"]));
  BENCH_RETURN_IF_ERROR(parts.task.RestoreTensors(WithPrefix(checkpoint.tensors, "stage")));
  parts.statistics.RestoreState(checkpoint.task_state["statistics"]);
  return TrainingPosition{checkpoint.step, checkpoint.tokens, checkpoint.elapsed_s,
                          checkpoint.task_state.value("evaluation_due", false)};
}

absl::Status SaveTraining(const TrainingPosition& position, const TrainingParts& parts,
                          const std::string& folder, const Ranks& ranks) {
  const auto visit_state = [&](const ParameterUpdate::StateVisitor& visit) {
    return parts.update.VisitState([&](const models::NamedTensor& named) {
      return visit({kOptimizerPrefix + named.name, named.tensor});
    });
  };
  if (!ranks.leads()) {
    return visit_state([](const models::NamedTensor&) { return absl::OkStatus(); });
  }
  TensorStream optimizer = {parts.update.StateSpecs(), visit_state};
  for (models::TensorSpec& spec : optimizer.specs) spec.name = kOptimizerPrefix + spec.name;
  return SaveCheckpoint(folder, WithoutOptimizer(position, parts), optimizer);
}

}  // namespace bench::harness
