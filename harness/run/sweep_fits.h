// The curves that a sweep's definition asks for, through the points of an arm, or of all that are
// no controls.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "harness/context/run_context.h"
#include "harness/definition/sweep_spec.h"
#include "harness/run/sweep_children.h"
#include "results/statistics/fit_band.h"
#include "results/sweeps/sweep_record.h"

namespace bench::harness {

// The points of a fit: x is the value of its axis, or the mean of its metric over replicates, y has
// a value a replicate. UsageError where a point did not measure them or x is no number.
absl::StatusOr<std::vector<results::FitPoint>> FitPointsOf(const SweepFitSpec& fit,
                                                           const SweepSpec& spec,
                                                           const std::vector<LoadedPoint>& points,
                                                           const results::Sweep& sweep);

// Records each. A curve that the points do not determine is no error: the note "fit_<number>" says
// why there is none.
absl::Status RecordFits(const SweepSpec& spec, const std::vector<LoadedPoint>& points,
                        const results::Sweep& sweep, RunContext& context);

}  // namespace bench::harness
