#include "harness/stages/evaluate/stage.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/evaluation/probes/probe.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "results/metrics.h"

namespace bench::harness {

std::vector<InputNeed> EvaluateStage::Inputs() const {
  if (!spec_.model.artifact) return {};
  return {{"model", *spec_.model.artifact, {kDecoderStages.begin(), kDecoderStages.end()}}};
}

absl::StatusOr<InputDigests> EvaluateStage::ContentDigests(
    const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(InputDigests digests, ProbeDigests(spec_.probes, experiments_root));
  BENCH_ASSIGN_OR_RETURN(const InputDigests of_model,
                         ContentDigestsOf({{"model", spec_.model.folder, ContentKind::kModel}}));
  digests.insert(of_model.begin(), of_model.end());
  return digests;
}

absl::StatusOr<StageOutcome> EvaluateStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Probes probes,
                         Probes::Load(spec_.probes, context.experiments_root, context.seeds));
  const std::string folder =
      spec_.model.folder ? *spec_.model.folder : context.inputs.at("model").folder;
  if (spec_.model.folder) BENCH_RETURN_IF_ERROR(NoteUnusedWeights(folder, "model", context));
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model,
                         LoadDecoderArtifact(folder, DeviceOf(context.device)));
  StageOutcome outcome;
  {
    Range range(context.ranges, RangeId::kEvaluate);
    BENCH_ASSIGN_OR_RETURN(outcome.summary,
                           probes.Ask({*model.decoder, model.tokenizer, model.prompt_template},
                                      /*step=*/0, context.writer));
  }
  outcome.summary.push_back(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(model.decoder->parameters()))});
  for (const RangeTotal& total : context.ranges.TakeStep()) {
    BENCH_RETURN_IF_ERROR(
        context.writer.Range(0, std::string(total.name), total.count, total.host_s, std::nullopt));
  }
  nlohmann::json values;
  for (const results::MetricValue& value : outcome.summary) {
    values[value.key.Path()] = value.value;
  }
  BENCH_RETURN_IF_ERROR(
      PublishFile(context.artifact_folder + "/probes.json", values.dump(2) + "\n"));
  return outcome;
}

}  // namespace bench::harness
