#include "harness/stages/images/stage.h"

#include <variant>

#include "base/status.h"

namespace bench::harness {

ImagesStage::ImagesStage(const Definition& definition)
    : definition_(definition), spec_(std::get<ImagesSpec>(definition.stage)) {}

absl::StatusOr<InputDigests> ImagesStage::ContentDigests(const std::string&) const {
  return UsageError("stage \"images\" is not there yet");
}

absl::StatusOr<StageOutcome> ImagesStage::Run(RunContext&) {
  return UsageError(absl::StrCat("stage \"images\" of base_seed ", definition_.base_seed, " and ",
                                 spec_.vector_size(), " values a vector is not there yet"));
}

}  // namespace bench::harness
