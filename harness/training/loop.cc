#include "harness/training/loop.h"

#include <chrono>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/training/checkpoint.h"
#include "harness/training/data_parallel.h"
#include "harness/training/digest.h"
#include "harness/training/evaluation_steps.h"
#include "harness/training/parameter_update.h"
#include "harness/training/rank_agreement.h"
#include "harness/training/rank_figures.h"
#include "harness/training/run_recorder.h"
#include "harness/training/schedule.h"
#include "harness/training/step_observer.h"
#include "harness/training/stop_rule.h"
#include "harness/training/training_state.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricValue;
using results::RunStatus;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::unique_ptr<ParameterUpdate> MakeUpdate(const LoopSpec& spec, const TrainingTask& task,
                                            RunContext& context) {
  if (context.ranks.alone()) return MakeLocalUpdate(spec.optimizer, task.parameters());
  return MakeDataParallelUpdate(spec.optimizer, spec.parallel, task.parameters(), context.ranks,
                                context.ranges);
}

class Loop {
 public:
  Loop(const LoopSpec& spec, TrainingTask& task, RunContext& context,
       const std::vector<StepObserver*>& observers)
      : spec_(spec),
        task_(task),
        context_(context),
        update_(MakeUpdate(spec, task, context)),
        figures_(task.parameters(), *update_, spec.parallel, context.ranks),
        recorder_(context, {task.loss_metric(), spec.steps_per_iteration}),
        rule_(context.ranks, context.stop_after_step),
        observers_{&figures_, &recorder_} {
    // First, so that it also looks at what the others do, and stops before they record.
    if (context.profiler != nullptr) observers_.insert(observers_.begin(), context.profiler);
    observers_.insert(observers_.end(), observers.begin(), observers.end());
    at_.evaluation_due = spec.first_evaluation == FirstEvaluation::kBeforeTraining;
  }

  absl::StatusOr<StageOutcome> Run();

 private:
  absl::Status Begin();
  absl::StatusOr<TrainedStep> TrainStep();
  std::vector<double> AccumulateGradients(const Window& window);
  // In the reverse order, so that what began first ends last.
  void EndAll(void (StepObserver::*end)()) {
    for (auto at = observers_.rbegin(); at != observers_.rend(); ++at) ((*at)->*end)();
  }
  void Update(const std::vector<double>& losses, TrainedStep& step);
  absl::Status Evaluate(EvaluationPoint point);
  absl::Status Checkpoint();
  absl::Status CheckpointIfRequested();
  absl::Status AfterStep(const TrainedStep& step);
  absl::Status EndAndEvaluate();
  absl::StatusOr<StageOutcome> Finish(RunStatus status);
  ScheduledSteps Steps() const { return {spec_.num_steps, spec_.steps_per_iteration}; }
  TrainingParts Parts() { return {task_, *update_, recorder_.statistics()}; }

  const LoopSpec& spec_;
  TrainingTask& task_;
  RunContext& context_;
  std::unique_ptr<ParameterUpdate> update_;
  RankFigures figures_;
  RunRecorder recorder_;
  StopRule rule_;
  std::vector<StepObserver*> observers_;
  TrainingPosition at_;
  bool diverged_ = false;
  std::vector<MetricValue> summary_;
};

// From the checkpoint, or the beginning.
absl::Status Loop::Begin() {
  // Taken, so that its file is let go once its tensors are copied.
  if (const auto checkpoint = std::move(context_.checkpoint); checkpoint != nullptr) {
    BENCH_ASSIGN_OR_RETURN(at_, RestoreTraining(*checkpoint, Parts()));
    recorder_.set_elapsed_before(at_.elapsed_s);
  }
  if (!context_.ranks.alone()) {
    const std::string weights = DigestOf(task_.parameters()).total;
    BENCH_RETURN_IF_ERROR(CheckSameParameters(weights, at_.step, context_.ranks));
  }
  for (const std::string& note : ZeroRateNotes(spec_.schedule, Steps(), at_.step)) {
    context_.progress.Note(note);
  }
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
      Range range(context_.ranges, RangeId::kForward, i);
      for (StepObserver* observer : observers_) observer->BeginForward();
      const at::Tensor loss_sum = task_.LossSum(i);
      EndAll(&StepObserver::EndForward);
      losses.push_back(loss_sum.item<double>());
      scaled = loss_sum / window.denominator;
    }
    Range range(context_.ranges, RangeId::kBackward, i);
    if (i + 1 == mine.end) update_->BeforeLastBackward();
    scaled.backward();
  }
  return losses;
}

// Parameters stay as they are where the loss or the gradient is not finite.
void Loop::Update(const std::vector<double>& losses, TrainedStep& step) {
  Range update(context_.ranges, RangeId::kOptimizer);
  step.grad_norm = update_->FinishGradients(spec_.optimizer.max_grad_norm);
  const WindowLosses all = GatherLosses(losses, step.window.num_micro_batches, context_.ranks);
  rule_.Learn(all);
  for (const double loss : all.losses) step.loss += loss / step.window.denominator;
  if (std::isfinite(step.loss) && std::isfinite(step.grad_norm)) {
    update_->Apply(step.learning_rate);
  }
  update_->ClearGradients();
}

absl::StatusOr<TrainedStep> Loop::TrainStep() {
  const Clock::time_point start = Clock::now();
  TrainedStep step;
  // Before the range, which a profiler that starts now is to see.
  for (StepObserver* observer : observers_) observer->BeginStep();
  Range range(context_.ranges, RangeId::kStep, at_.step + 1);
  {
    Range data(context_.ranges, RangeId::kData);
    BENCH_ASSIGN_OR_RETURN(step.window, task_.NextWindow());
  }
  const std::vector<double> losses = AccumulateGradients(step.window);
  step.learning_rate =
      LearningRate(spec_.schedule, spec_.optimizer.learning_rate,
                   SchedulePlace(spec_.schedule, Steps(), at_.step), spec_.num_steps);
  Update(losses, step);
  step.metrics = task_.WindowMetrics();
  EndAll(&StepObserver::EndStep);
  step.seconds = SecondsSince(start);
  return step;
}

// Rank 0's; the others learn how it went.
absl::Status Loop::Evaluate(EvaluationPoint point) {
  Evaluation evaluation;
  EvaluationEnd end = {.cut_short = false, .diverged = diverged_};
  if (context_.ranks.leads()) {
    Range range(context_.ranges, RangeId::kEvaluate);
    absl::StatusOr<Evaluation> found = task_.Evaluate(point, at_.step);
    end.cut_short = IsStopped(found.status());
    if (!end.cut_short) {
      BENCH_RETURN_IF_ERROR(found.status());
      evaluation = *std::move(found);
    }
    for (const MetricValue& value : evaluation.values) end.diverged |= !std::isfinite(value.value);
  }
  end = rule_.ShareEvaluation(end);
  diverged_ = end.diverged;
  at_.evaluation_due = end.cut_short;
  if (at_.evaluation_due) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(recorder_.RecordEvaluation(at_, evaluation.values));
  if (point == EvaluationPoint::kFinal) summary_ = std::move(evaluation.summary);
  return recorder_.RecordDigests(at_.step, task_, *update_);
}

absl::Status Loop::Checkpoint() {
  // The journal first, so that it is never behind the checkpoint: a run resumed there does not
  // record again what came before.
  BENCH_RETURN_IF_ERROR(recorder_.RecordRanges(at_.step));
  BENCH_RETURN_IF_ERROR(context_.writer.Flush());
  {
    Range range(context_.ranges, RangeId::kCheckpoint);
    at_.elapsed_s = recorder_.ElapsedSeconds();
    BENCH_RETURN_IF_ERROR(SaveTraining(at_, Parts(), context_.folder, context_.ranks));
  }
  // How long it took is known only now; a kill just before loses this one row.
  BENCH_RETURN_IF_ERROR(recorder_.RecordRanges(at_.step));
  return context_.writer.Flush();
}

absl::Status Loop::CheckpointIfRequested() {
  if (!rule_.TakeCheckpointRequest()) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(Checkpoint());
  context_.progress.Note(
      absl::StrCat("saved a checkpoint after step ", at_.step, ", as asked for"));
  return absl::OkStatus();
}

// Evaluation and checkpoint, where they are due after a step that is not the last.
absl::Status Loop::AfterStep(const TrainedStep& step) {
  context_.progress.Update(
      "step", at_.step, spec_.num_steps,
      absl::StrFormat("loss %.4f  lr %.2e  %.0f target tokens/s", step.loss, step.learning_rate,
                      recorder_.statistics().last_target_tokens_per_s()));
  const auto is_due = [&](int64_t every) {
    return at_.step < spec_.num_steps && every > 0 && at_.step % every == 0;
  };
  const bool is_log_spaced = IsLogSpaced(at_.step, spec_.evaluations_per_doubling);
  at_.evaluation_due =
      is_due(spec_.evaluate_every_steps) || (is_log_spaced && at_.step < spec_.num_steps);
  // Before an evaluation, which may take longer than whoever asks is going to wait.
  BENCH_RETURN_IF_ERROR(CheckpointIfRequested());
  if (at_.evaluation_due) BENCH_RETURN_IF_ERROR(Evaluate(EvaluationPoint::kPeriodic));
  if (!at_.evaluation_due) {  // else it was cut short, and the loop will save that checkpoint
    BENCH_RETURN_IF_ERROR(CheckpointIfRequested());
    if (is_due(spec_.checkpoint_every_steps)) BENCH_RETURN_IF_ERROR(Checkpoint());
  }
  // Of an evaluation without a checkpoint.
  BENCH_RETURN_IF_ERROR(recorder_.RecordRanges(at_.step));
  return context_.writer.FlushIfDue();
}

// A stop signal in it leaves the evaluation due: a resumed run comes here again.
absl::Status Loop::EndAndEvaluate() {
  const absl::Status ended = context_.ranks.Agree(task_.EndTraining());
  at_.evaluation_due = IsStopped(ended);
  if (at_.evaluation_due) return absl::OkStatus();
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
    if (at_.evaluation_due) outcome.status = RunStatus::kInterrupted;
  }
  if (outcome.status != RunStatus::kDiverged) BENCH_RETURN_IF_ERROR(Checkpoint());
  BENCH_RETURN_IF_ERROR(recorder_.RecordRanges(at_.step));
  BENCH_ASSIGN_OR_RETURN(std::vector<MetricValue> of_ranks, figures_.RecordRanks(context_.writer));
  for (MetricValue& value : of_ranks) outcome.summary.push_back(std::move(value));
  for (MetricValue& value : recorder_.statistics().Summary()) {
    outcome.summary.push_back(std::move(value));
  }
  outcome.summary.push_back({{&results::kOptimizerSteps, ""}, static_cast<double>(at_.step)});
  return outcome;
}

absl::StatusOr<StageOutcome> Loop::Run() {
  BENCH_RETURN_IF_ERROR(Begin());
  if (at_.evaluation_due && at_.step < spec_.num_steps) {
    BENCH_RETURN_IF_ERROR(Evaluate(EvaluationPoint::kPeriodic));
    if (diverged_) return Finish(RunStatus::kDiverged);
  }
  while (at_.step < spec_.num_steps) {
    if (at_.evaluation_due || rule_.MustStop(at_.step)) return Finish(RunStatus::kInterrupted);
    absl::StatusOr<TrainedStep> step = TrainStep();
    if (IsStopped(step.status())) {
      context_.ranges.TakeStep();  // its own, which no row of a step has
      return Finish(RunStatus::kInterrupted);
    }
    BENCH_RETURN_IF_ERROR(step.status());
    step->step = ++at_.step;
    step->tokens = at_.tokens += step->window.num_tokens;
    for (StepObserver* observer : observers_) BENCH_RETURN_IF_ERROR(observer->Record(*step));
    diverged_ = !std::isfinite(step->loss) || !std::isfinite(step->grad_norm);
    if (!diverged_) BENCH_RETURN_IF_ERROR(AfterStep(*step));
    if (diverged_) return Finish(RunStatus::kDiverged);
  }
  return Finish(RunStatus::kComplete);
}

}  // namespace

absl::StatusOr<StageOutcome> RunTrainingLoop(const LoopSpec& spec, TrainingTask& task,
                                             RunContext& context,
                                             const std::vector<StepObserver*>& observers) {
  return Loop(spec, task, context, observers).Run();
}

}  // namespace bench::harness
