// `--steps N`: a short run of an experiment, for trying it out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"

namespace bench::harness {

// What --set would say to train `steps` optimizer steps instead of training.steps, with whatever is
// counted in steps scaled by the same factor, to the nearest number and at least 1 where there was
// some: the warm-up, the steps between evaluations and between checkpoints; and PPO's warm-up of
// the value model (rounded down). Such a run is ad hoc. UsageError for a stage that does not train.
absl::StatusOr<std::vector<std::string>> ShortRunOverrides(const Definition& definition,
                                                           int64_t steps);

}  // namespace bench::harness
