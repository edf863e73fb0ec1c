// A stage that is run and, where that was asked for, profiled meanwhile.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/profiling/profile_request.h"
#include "harness/stages/stage.h"

namespace bench::harness {

// Rank 0 alone is profiled. An error of the profiler is one of the run.
absl::StatusOr<StageOutcome> RunProfiled(Stage& stage, const std::optional<ProfileRequest>& request,
                                         RunContext& context);

}  // namespace bench::harness
