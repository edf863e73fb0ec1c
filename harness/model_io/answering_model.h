// The model that a stage asks and does not train: an experiment's artifact, or a user's folder.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/needs.h"
#include "harness/context/run_context.h"
#include "harness/definition/preferences_spec.h"
#include "harness/model_io/decoder_artifact.h"

namespace bench::harness {

// The input "model", where the definition names another experiment.
std::vector<InputNeed> AnsweringModelInputs(const AnsweringModelRef& model);

// On the run's device. Says which weight files of a user's folder are not read.
absl::StatusOr<DecoderArtifact> LoadAnsweringModel(const AnsweringModelRef& model,
                                                   const RunContext& context);

}  // namespace bench::harness
