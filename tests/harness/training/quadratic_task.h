// A task of one weight, whose training can be followed by hand.
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "base/status.h"
#include "harness/training/loop.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {

// Minimises sum_i (w - target(position, i))^2 / 2 over two micro-batches a step.
class Quadratic : public TrainingTask {
 public:
  const std::vector<models::NamedTensor>& parameters() const override { return parameters_; }
  absl::StatusOr<Window> NextWindow() override {
    if (position_ == cut_at) return StoppedError();
    ++position_;
    return Window{2, 2.0, 20, 2};
  }
  at::Tensor LossSum(int64_t micro_batch) override {
    if (position_ == nan_at) return weight_.sum() * std::numeric_limits<double>::quiet_NaN();
    const double target = static_cast<double>(position_ % 5 + micro_batch);
    return ((weight_ - target) * (weight_ - target)).sum() / 2;
  }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) override {
    if (step == stopped_at) return StoppedError();
    evaluated.push_back(step);
    Evaluation evaluation;
    evaluation.values.push_back(
        {{&results::kEvalLoss, ""},
         step == not_finite_at ? std::numeric_limits<double>::infinity() : weight_.item<double>()});
    if (point == EvaluationPoint::kFinal) evaluation.summary = evaluation.values;
    return evaluation;
  }
  std::vector<models::NamedTensor> StateTensors() const override { return state_tensors; }
  nlohmann::json SaveState() const override {
    if (on_save) on_save();
    return {{"position", position_}};
  }
  absl::Status RestoreState(const nlohmann::json& state) override {
    position_ = state["position"];
    return absl::OkStatus();
  }

  std::vector<int64_t> evaluated;
  std::vector<models::NamedTensor> state_tensors;
  int64_t nan_at = -1;
  int64_t cut_at = -1;            // a stop signal comes in the window after this step
  int64_t not_finite_at = -1;     // the evaluation after this step has no finite loss
  int64_t stopped_at = -1;        // a stop signal comes in the evaluation after this step
  std::function<void()> on_save;  // last called when a checkpoint is made

 private:
  at::Tensor weight_ = at::zeros({1}).set_requires_grad(true);
  std::vector<models::NamedTensor> parameters_ = {{"w", weight_}};
  int64_t position_ = 0;
};

inline LoopSpec Spec(int64_t num_steps) {
  LoopSpec spec;
  spec.optimizer.learning_rate = 0.1;
  spec.schedule.kind = ScheduleKind::kConstant;
  spec.num_steps = num_steps;
  spec.evaluate_every_steps = 4;
  spec.checkpoint_every_steps = 3;
  return spec;
}

}  // namespace bench::harness
