// When a training loop stops and when it saves on request: what signals ask of any rank, and the
// run's own limit. All ranks come to the same answer after the same step.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/distributed/ranks.h"
#include "harness/training/rank_agreement.h"

namespace bench::harness {

struct EvaluationEnd {
  bool cut_short = false;  // by a stop signal
  bool diverged = false;   // it found a value that is not finite
};

class StopRule {
 public:
  // Stops after `stop_after_step` in any case. `ranks` must outlive it.
  StopRule(Ranks& ranks, std::optional<int64_t> stop_after_step)
      : ranks_(ranks), stop_after_step_(stop_after_step) {}

  // What the ranks told each other at the end of a step.
  void Learn(const WindowLosses& of_ranks);

  // After `step` steps, of which the last one is whole.
  bool MustStop(int64_t step) const;
  // Whether a checkpoint was asked for since the last call.
  bool TakeCheckpointRequest();

  // Collective: how the evaluation ended for rank 0, which makes it, and a signal that came to it
  // meanwhile, become everybody's.
  EvaluationEnd ShareEvaluation(const EvaluationEnd& own);

 private:
  Ranks& ranks_;
  const std::optional<int64_t> stop_after_step_;
  bool stop_requested_ = false;        // of any rank, when the last step ended
  bool checkpoint_requested_ = false;  // likewise, and not made yet
};

}  // namespace bench::harness
