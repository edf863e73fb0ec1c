#include "harness/training/loop.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/training/checkpoint.h"
#include "harness/training/data_parallel.h"
#include "harness/training/digest.h"
#include "harness/training/parameter_update.h"
#include "harness/training/rank_agreement.h"
#include "harness/training/rank_figures.h"
#include "harness/training/schedule.h"
#include "harness/training/step_statistics.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricValue;
using results::RunStatus;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct StepResult {
  Window window;
  double loss = 0;
  std::vector<MetricValue> metrics;  // the task's own
  double grad_norm = 0;
  double learning_rate = 0;
  double seconds = 0;
};

std::unique_ptr<ParameterUpdate> MakeUpdate(const LoopSpec& spec, const TrainingTask& task,
                                            RunContext& context) {
  if (context.ranks.alone()) return MakeLocalUpdate(spec.optimizer, task.parameters());
  return MakeDataParallelUpdate(spec.optimizer, spec.parallel, task.parameters(), context.ranks,
                                context.ranges);
}

class Loop {
 public:
  Loop(const LoopSpec& spec, TrainingTask& task, RunContext& context)
      : spec_(spec),
        task_(task),
        context_(context),
        update_(MakeUpdate(spec, task, context)),
        figures_(task.parameters(), *update_, spec.parallel, context.ranks),
        evaluation_due_(spec.first_evaluation == FirstEvaluation::kBeforeTraining),
        statistics_({task.loss_metric(), spec.steps_per_iteration}) {}

  absl::StatusOr<StageOutcome> Run();

 private:
  absl::Status Restore();
  absl::StatusOr<StepResult> TrainStep();
  std::vector<double> AccumulateGradients(const Window& window);
  absl::Status RecordStep(const StepResult& result);
  absl::Status RecordRanges();
  absl::Status Evaluate(EvaluationPoint point);
  absl::Status RecordDigests();
  absl::Status Checkpoint();
  absl::Status CheckpointOnRequest();
  absl::Status SaveState();
  harness::Checkpoint MakeCheckpoint() const;
  absl::Status AfterStep(const StepResult& result);
  absl::Status EndAndEvaluate();
  absl::StatusOr<StageOutcome> Finish(RunStatus status);
  absl::StatusOr<StageOutcome> FinishUnfinishedStep();
  results::RowPosition Position() const {
    return {step_, tokens_, elapsed_before_ + context_.clock.Seconds()};
  }
  ScheduledSteps Steps() const { return {spec_.num_steps, spec_.steps_per_iteration}; }
  std::string Detail(const StepResult& result) const;
  bool StopRequested() const {
    return context_.ranks.alone() ? StopSignal().has_value() : stop_requested_;
  }
  bool CheckpointRequested() {
    checkpoint_requested_ |= context_.ranks.alone() && TakeCheckpointRequest();
    return std::exchange(checkpoint_requested_, false);
  }
  bool MustStop() const {
    return evaluation_due_ || StopRequested() ||
           (context_.stop_after_step && step_ >= *context_.stop_after_step);
  }

  const LoopSpec& spec_;
  TrainingTask& task_;
  RunContext& context_;
  std::unique_ptr<ParameterUpdate> update_;
  RankFigures figures_;
  double elapsed_before_ = 0;  // in earlier attempts
  int64_t step_ = 0;
  int64_t tokens_ = 0;
  bool diverged_ = false;
  bool stop_requested_ = false;        // of any rank, when the last step ended
  bool checkpoint_requested_ = false;  // likewise, and not made yet
  bool evaluation_due_;  // the one at this step is not done: cut short, or before the first
  StepStatistics statistics_;
  std::vector<MetricValue> summary_;
};

absl::Status Loop::Restore() {
  // Taken, so that its file is let go once its tensors are copied.
  const std::unique_ptr<harness::Checkpoint> taken = std::move(context_.checkpoint);
  if (taken == nullptr) return absl::OkStatus();
  const harness::Checkpoint& checkpoint = *taken;
  BENCH_RETURN_IF_ERROR(CopyByName(WithPrefix(checkpoint.tensors, "model"), task_.parameters()));
  BENCH_RETURN_IF_ERROR(update_->RestoreState(WithPrefix(checkpoint.tensors, "optimizer")));
  BENCH_RETURN_IF_ERROR(task_.RestoreState(checkpoint.task_state["stage"]));
  BENCH_RETURN_IF_ERROR(task_.RestoreTensors(WithPrefix(checkpoint.tensors, "stage")));
  statistics_.RestoreState(checkpoint.task_state["statistics"]);
  step_ = checkpoint.step;
  tokens_ = checkpoint.tokens;
  elapsed_before_ = checkpoint.elapsed_s;
  evaluation_due_ = checkpoint.task_state.value("evaluation_due", false);
  return absl::OkStatus();
}

// The losses of this rank's micro-batches.
std::vector<double> Loop::AccumulateGradients(const Window& window) {
  const Share mine = ShareOf(window.num_micro_batches, context_.ranks);
  std::vector<double> losses;
  if (mine.size() == 0) update_->BeforeLastBackward();  // of more ranks than micro-batches
  for (int64_t i = mine.begin; i < mine.end; ++i) {
    at::Tensor scaled;
    {
      Range range(context_.ranges, RangeId::kForward);
      figures_.BeginForward();
      const at::Tensor loss_sum = task_.LossSum(i);
      figures_.EndForward();
      losses.push_back(loss_sum.item<double>());
      scaled = loss_sum / window.denominator;
    }
    Range range(context_.ranges, RangeId::kBackward);
    if (i + 1 == mine.end) update_->BeforeLastBackward();
    scaled.backward();
  }
  return losses;
}

absl::StatusOr<StepResult> Loop::TrainStep() {
  const Clock::time_point start = Clock::now();
  Range range(context_.ranges, RangeId::kStep);
  StepResult result;
  figures_.BeginStep();
  {
    Range data(context_.ranges, RangeId::kData);
    BENCH_ASSIGN_OR_RETURN(result.window, task_.NextWindow());
  }
  const std::vector<double> losses = AccumulateGradients(result.window);
  result.learning_rate =
      LearningRate(spec_.schedule, spec_.optimizer.learning_rate,
                   SchedulePlace(spec_.schedule, Steps(), step_), spec_.num_steps);
  {
    Range update(context_.ranges, RangeId::kOptimizer);
    result.grad_norm = update_->FinishGradients(spec_.optimizer.max_grad_norm);
    const WindowLosses all = GatherLosses(losses, result.window.num_micro_batches, context_.ranks);
    stop_requested_ = all.stop_requested;
    checkpoint_requested_ |= all.checkpoint_requested;
    for (const double loss : all.losses) result.loss += loss / result.window.denominator;
    if (std::isfinite(result.loss) && std::isfinite(result.grad_norm)) {
      update_->Apply(result.learning_rate);
    }
    update_->ClearGradients();
  }
  result.metrics = task_.WindowMetrics();
  figures_.EndStep();
  result.seconds = SecondsSince(start);
  return result;
}

absl::Status Loop::RecordRanges() {
  for (const RangeTotal& total : context_.ranges.TakeStep()) {
    BENCH_RETURN_IF_ERROR(context_.writer.Range(step_, std::string(total.name), total.count,
                                                total.host_s, std::nullopt));
  }
  return absl::OkStatus();
}

absl::Status Loop::RecordStep(const StepResult& result) {
  const double target_tokens = static_cast<double>(result.window.num_target_tokens);
  if (statistics_.empty()) {
    BENCH_RETURN_IF_ERROR(
        context_.writer.Summary({{&results::kTimeToFirstStep, ""}, context_.clock.Seconds()}));
  }
  statistics_.Add({step_, result.loss, result.seconds, target_tokens});
  std::vector<MetricValue> values = {
      {{&task_.loss_metric(), ""}, result.loss},
      {{&results::kGradNorm, ""}, result.grad_norm},
      {{&results::kLearningRate, ""}, result.learning_rate},
      {{&results::kTargetTokens, ""}, target_tokens},
      {{&results::kBatchTokens, ""}, static_cast<double>(result.window.num_tokens)},
      {{&results::kStepTime, ""}, result.seconds}};
  values.insert(values.end(), result.metrics.begin(), result.metrics.end());
  BENCH_RETURN_IF_ERROR(context_.writer.Step(Position(), values));
  return RecordRanges();
}

absl::Status Loop::RecordDigests() {
  const ListDigest weights = DigestOf(task_.parameters());
  BENCH_RETURN_IF_ERROR(CheckSameParameters(weights.total, step_, context_.ranks));
  BENCH_RETURN_IF_ERROR(context_.writer.Digest(step_, "weights", weights.total));
  for (const auto& [name, digest] : weights.items) {
    BENCH_RETURN_IF_ERROR(context_.writer.Digest(step_, absl::StrCat("weights/", name), digest));
  }
  ListDigester optimizer;
  BENCH_RETURN_IF_ERROR(update_->VisitState([&](const models::NamedTensor& tensor) {
    optimizer.Add(tensor);
    return absl::OkStatus();
  }));
  BENCH_RETURN_IF_ERROR(context_.writer.Digest(step_, "optimizer", optimizer.Finish().total));
  std::string state = task_.SaveState().dump();
  const std::vector<models::NamedTensor> tensors = task_.StateTensors();
  if (!tensors.empty()) absl::StrAppend(&state, "\n", DigestOf(tensors).total);
  return context_.writer.Digest(step_, "generators", Sha256Hex(state));
}

// Rank 0's; the others learn how it went.
absl::Status Loop::Evaluate(EvaluationPoint point) {
  Evaluation evaluation;
  if (context_.ranks.leads()) {
    Range range(context_.ranges, RangeId::kEvaluate);
    absl::StatusOr<Evaluation> found = task_.Evaluate(point, step_);
    evaluation_due_ = IsStopped(found.status());
    if (!evaluation_due_) {
      BENCH_RETURN_IF_ERROR(found.status());
      evaluation = *std::move(found);
    }
    for (const MetricValue& value : evaluation.values) diverged_ |= !std::isfinite(value.value);
  }
  const std::vector<int64_t> flags = {evaluation_due_, diverged_, StopSignal().value_or(0),
                                      CheckpointRequested()};
  const at::Tensor of_ranks = context_.ranks.GatherRows(at::tensor(flags, at::kLong).view({1, 4}));
  checkpoint_requested_ = of_ranks.select(1, 3).any().item<bool>();
  const at::Tensor of_leader = of_ranks[0];
  evaluation_due_ = of_leader[0].item<bool>();
  diverged_ = of_leader[1].item<bool>();
  AdoptStopSignal(of_leader[2].item<int>());
  if (evaluation_due_) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(context_.writer.Eval(Position(), evaluation.values));
  if (point == EvaluationPoint::kFinal) summary_ = std::move(evaluation.summary);
  return RecordDigests();
}

absl::Status Loop::Checkpoint() {
  // The journal first, so that it is never behind the checkpoint: a run resumed there does not
  // record again what came before.
  BENCH_RETURN_IF_ERROR(RecordRanges());
  BENCH_RETURN_IF_ERROR(context_.writer.Flush());
  {
    Range range(context_.ranges, RangeId::kCheckpoint);
    BENCH_RETURN_IF_ERROR(SaveState());
  }
  // How long it took is known only now; a kill just before loses this one row.
  BENCH_RETURN_IF_ERROR(RecordRanges());
  return context_.writer.Flush();
}

// Before an evaluation that is due, which may take longer than whoever asks is going to wait.
absl::Status Loop::CheckpointOnRequest() {
  BENCH_RETURN_IF_ERROR(Checkpoint());
  context_.progress.Note(absl::StrCat("saved a checkpoint after step ", step_, ", as asked for"));
  return absl::OkStatus();
}

// Rank 0 writes; the others give it what they hold.
absl::Status Loop::SaveState() {
  constexpr char kPrefix[] = "optimizer/";
  const auto visit_state = [&](const ParameterUpdate::StateVisitor& visit) {
    return update_->VisitState([&](const models::NamedTensor& named) {
      return visit({kPrefix + named.name, named.tensor});
    });
  };
  if (!context_.ranks.leads()) {
    return visit_state([](const models::NamedTensor&) { return absl::OkStatus(); });
  }
  TensorStream optimizer = {update_->StateSpecs(), visit_state};
  for (models::TensorSpec& spec : optimizer.specs) spec.name = kPrefix + spec.name;
  return SaveCheckpoint(context_.folder, MakeCheckpoint(), optimizer);
}

harness::Checkpoint Loop::MakeCheckpoint() const {
  harness::Checkpoint checkpoint;
  checkpoint.step = step_;
  checkpoint.tokens = tokens_;
  checkpoint.elapsed_s = Position().wall_time_s;
  checkpoint.task_state = {{"stage", task_.SaveState()},
                           {"statistics", statistics_.SaveState()},
                           {"evaluation_due", evaluation_due_}};
  AppendWithPrefix(task_.parameters(), "model", checkpoint.tensors);
  AppendWithPrefix(task_.StateTensors(), "stage", checkpoint.tensors);
  return checkpoint;
}

std::string Loop::Detail(const StepResult& result) const {
  return absl::StrFormat("loss %.4f  lr %.2e  %.0f target tokens/s", result.loss,
                         result.learning_rate, statistics_.last_target_tokens_per_s());
}

// Evaluation and checkpoint, where they are due after a step that is not the last.
absl::Status Loop::AfterStep(const StepResult& result) {
  context_.progress.Update("step", step_, spec_.num_steps, Detail(result));
  const auto is_due = [&](int64_t every) {
    return step_ < spec_.num_steps && every > 0 && step_ % every == 0;
  };
  evaluation_due_ = is_due(spec_.evaluate_every_steps);
  if (CheckpointRequested()) BENCH_RETURN_IF_ERROR(CheckpointOnRequest());
  if (evaluation_due_) BENCH_RETURN_IF_ERROR(Evaluate(EvaluationPoint::kPeriodic));
  const bool stopped = evaluation_due_;  // the loop will save that checkpoint
  if (!stopped && CheckpointRequested()) BENCH_RETURN_IF_ERROR(CheckpointOnRequest());
  if (!stopped && is_due(spec_.checkpoint_every_steps)) BENCH_RETURN_IF_ERROR(Checkpoint());
  BENCH_RETURN_IF_ERROR(RecordRanges());  // of an evaluation without a checkpoint
  return context_.writer.FlushIfDue();
}

// A stop signal in it leaves the evaluation due: a resumed run comes here again.
absl::Status Loop::EndAndEvaluate() {
  const absl::Status ended = context_.ranks.Agree(task_.EndTraining());
  evaluation_due_ = IsStopped(ended);
  if (evaluation_due_) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(ended);
  context_.progress.Note("final evaluation");
  return Evaluate(EvaluationPoint::kFinal);
}

absl::StatusOr<StageOutcome> Loop::Finish(RunStatus status) {
  context_.progress.Finish();
  StageOutcome outcome;
  outcome.status = status;
  if (status == RunStatus::kComplete) {
    BENCH_RETURN_IF_ERROR(EndAndEvaluate());
    outcome.summary = summary_;
    if (diverged_) outcome.status = RunStatus::kDiverged;
    if (evaluation_due_) outcome.status = RunStatus::kInterrupted;
  }
  if (outcome.status != RunStatus::kDiverged) BENCH_RETURN_IF_ERROR(Checkpoint());
  BENCH_RETURN_IF_ERROR(RecordRanges());
  BENCH_ASSIGN_OR_RETURN(std::vector<MetricValue> of_ranks, figures_.Record(context_.writer));
  for (MetricValue& value : of_ranks) outcome.summary.push_back(std::move(value));
  for (MetricValue& value : statistics_.Summary()) outcome.summary.push_back(std::move(value));
  outcome.summary.push_back({{&results::kOptimizerSteps, ""}, static_cast<double>(step_)});
  return outcome;
}

absl::StatusOr<StageOutcome> Loop::FinishUnfinishedStep() {
  context_.ranges.TakeStep();  // its own, which no row of a step has
  return Finish(RunStatus::kInterrupted);
}

absl::StatusOr<StageOutcome> Loop::Run() {
  BENCH_RETURN_IF_ERROR(Restore());
  if (!context_.ranks.alone()) {
    const std::string weights = DigestOf(task_.parameters()).total;
    BENCH_RETURN_IF_ERROR(CheckSameParameters(weights, step_, context_.ranks));
  }
  for (const std::string& note : ZeroRateNotes(spec_.schedule, Steps(), step_)) {
    context_.progress.Note(note);
  }
  if (evaluation_due_ && step_ < spec_.num_steps) {
    BENCH_RETURN_IF_ERROR(Evaluate(EvaluationPoint::kPeriodic));
    if (diverged_) return Finish(RunStatus::kDiverged);
  }
  while (step_ < spec_.num_steps) {
    if (MustStop()) return Finish(RunStatus::kInterrupted);
    const absl::StatusOr<StepResult> result = TrainStep();
    if (IsStopped(result.status())) return FinishUnfinishedStep();
    BENCH_RETURN_IF_ERROR(result.status());
    ++step_;
    tokens_ += result->window.num_tokens;
    BENCH_RETURN_IF_ERROR(RecordStep(*result));
    diverged_ = !std::isfinite(result->loss) || !std::isfinite(result->grad_norm);
    if (!diverged_) BENCH_RETURN_IF_ERROR(AfterStep(*result));
    if (diverged_) return Finish(RunStatus::kDiverged);
  }
  return Finish(RunStatus::kComplete);
}

}  // namespace

absl::StatusOr<StageOutcome> RunTrainingLoop(const LoopSpec& spec, TrainingTask& task,
                                             RunContext& context) {
  return Loop(spec, task, context).Run();
}

}  // namespace bench::harness
