// What a training stage gives the one optimizer-step loop (loop.h).
//
// An optimizer step consumes one window of micro-batches. The loop minimises
//   sum over micro-batches of LossSum(i) / window.denominator,
// so the gradient does not depend on how the window is cut into micro-batches.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "models/decoder.h"
#include "nlohmann/json.hpp"
#include "results/metric.h"
#include "results/metrics.h"

namespace bench::harness {

struct Window {
  int64_t num_micro_batches = 0;
  double denominator = 0;         // e.g. target tokens in the whole window; > 0
  int64_t num_tokens = 0;         // tokens that go through the model
  int64_t num_target_tokens = 0;  // tokens that are trained on
};

// When an evaluation happens: kFinal is the last one of a completed run.
enum class EvaluationPoint { kPeriodic, kFinal };

// What an evaluation found. Series values go to /evals, the rest to /summary.
struct Evaluation {
  std::vector<results::MetricValue> values;
  std::vector<results::MetricValue> summary;
};

// How a task is evaluated; apart from it, so that either can stand alone.
using Evaluator = std::function<absl::StatusOr<Evaluation>(EvaluationPoint, int64_t step)>;

class TrainingTask {
 public:
  virtual ~TrainingTask() = default;

  virtual const std::vector<models::NamedTensor>& parameters() const = 0;

  // Moves to the next window of data. Deterministic from the saved state, which StoppedError (a
  // stop signal cut it short) leaves as it was.
  virtual absl::StatusOr<Window> NextWindow() = 0;
  // Scalar sum of losses of one micro-batch of the current window, with its graph.
  virtual at::Tensor LossSum(int64_t micro_batch) = 0;

  // What the loss is called and measured in.
  virtual const results::MetricDescriptor& loss_metric() const { return results::kLoss; }
  // What else the forward passes of the current window found; after its last LossSum.
  virtual std::vector<results::MetricValue> WindowMetrics() const { return {}; }

  // What a completed run does after its last step, before the final evaluation. It may happen again
  // when a run is resumed there, so a second time must change nothing.
  virtual absl::Status EndTraining() { return absl::OkStatus(); }

  // Must not draw from any generator that training draws from. StoppedError when a stop signal cut
  // it short: it is due again when the run is resumed, which replaces whatever rows it recorded.
  virtual absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) = 0;

  // Data position and generators; restored before the first NextWindow of a resumed run.
  virtual nlohmann::json SaveState() const = 0;
  virtual absl::Status RestoreState(const nlohmann::json& state) = 0;
  // What of the state decides what training draws next: its digest is recorded. Less than all where
  // the state keeps what evaluations found too, whose last bits are of the machine.
  virtual nlohmann::json GeneratorState() const { return SaveState(); }
  // What of the state are tensors (a phase's rollouts), by name; restored after RestoreState.
  virtual std::vector<models::NamedTensor> StateTensors() const { return {}; }
  // DataError where `tensors` are not what the restored state needs.
  virtual absl::Status RestoreTensors(const std::vector<models::NamedTensor>& tensors) {
    if (tensors.empty()) return absl::OkStatus();
    return DataError("tensor " + tensors.front().name + " does not belong here");
  }
};

}  // namespace bench::harness
