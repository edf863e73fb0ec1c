#include "harness/stages/generated/stage.h"

#include <variant>

#include "base/status.h"

namespace bench::harness {

GeneratedStage::GeneratedStage(const Definition& definition)
    : definition_(definition), spec_(std::get<GeneratedSpec>(definition.stage)) {}

absl::StatusOr<InputDigests> GeneratedStage::ContentDigests(const std::string&) const {
  return InputDigests{};
}

absl::StatusOr<StageOutcome> GeneratedStage::Run(RunContext&) {
  return UsageError("stage \"generated\" is not available yet");
}

}  // namespace bench::harness
