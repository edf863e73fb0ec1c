// What the stages that train take from their definitions in the same way.
#pragma once

#include "harness/definition/definition.h"
#include "harness/training/loop.h"

namespace bench::harness {

// `Spec`: ClmSpec, SftSpec, RewardSpec or PpoSpec.
template <typename Spec>
LoopSpec LoopOf(const Spec& spec, const RunSpec& run) {
  return {.optimizer = spec.optimizer,
          .schedule = spec.schedule,
          .num_steps = spec.training.steps,
          .evaluate_every_steps = spec.evaluation.every_steps,
          .checkpoint_every_steps = run.checkpoint_every_steps,
          .parallel = spec.training.parallel};
}

}  // namespace bench::harness
