#include "harness/model_io/answering_model.h"

#include "base/status.h"
#include "harness/model_io/decoder_inputs.h"

namespace bench::harness {

std::vector<InputNeed> AnsweringModelInputs(const AnsweringModelRef& model) {
  if (!model.artifact) return {};
  return {{"model", *model.artifact, {kDecoderStages.begin(), kDecoderStages.end()}}};
}

absl::StatusOr<DecoderArtifact> LoadAnsweringModel(const AnsweringModelRef& model,
                                                   const RunContext& context) {
  if (model.folder) BENCH_RETURN_IF_ERROR(NoteUnusedWeights(*model.folder, "model", context));
  return LoadDecoderArtifact(model.folder ? *model.folder : context.inputs.at("model").folder,
                             DeviceOf(context.device));
}

}  // namespace bench::harness
