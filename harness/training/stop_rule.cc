#include "harness/training/stop_rule.h"

#include <utility>
#include <vector>

#include "ATen/ATen.h"
#include "harness/control/signals.h"

namespace bench::harness {

void StopRule::Learn(const WindowLosses& of_ranks) {
  stop_requested_ = of_ranks.stop_requested;
  checkpoint_requested_ |= of_ranks.checkpoint_requested;
}

bool StopRule::MustStop(int64_t step) const {
  const bool requested = ranks_.alone() ? StopSignal().has_value() : stop_requested_;
  return requested || (stop_after_step_ && step >= *stop_after_step_);
}

bool StopRule::TakeCheckpointRequest() {
  checkpoint_requested_ |= ranks_.alone() && harness::TakeCheckpointRequest();
  return std::exchange(checkpoint_requested_, false);
}

EvaluationEnd StopRule::ShareEvaluation(const EvaluationEnd& own) {
  const std::vector<int64_t> flags = {own.cut_short, own.diverged, StopSignal().value_or(0),
                                      TakeCheckpointRequest()};
  const at::Tensor of_ranks = ranks_.GatherRows(at::tensor(flags, at::kLong).view({1, 4}));
  checkpoint_requested_ = of_ranks.select(1, 3).any().item<bool>();
  const at::Tensor of_leader = of_ranks[0];
  AdoptStopSignal(of_leader[2].item<int>());
  return {of_leader[0].item<bool>(), of_leader[1].item<bool>()};
}

}  // namespace bench::harness
