#include "harness/run/sweep_stage.h"

#include "base/status.h"

namespace bench::harness {

absl::StatusOr<InputDigests> SweepStage::ContentDigests(const std::string&) const {
  return InputDigests{};
}

absl::StatusOr<StageOutcome> SweepStage::Run(RunContext&) {
  return EnvironmentError("children of a sweep are not run yet");
}

}  // namespace bench::harness
