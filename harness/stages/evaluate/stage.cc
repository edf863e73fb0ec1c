#include "harness/stages/evaluate/stage.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/context/record_ranges.h"
#include "harness/evaluation/probes/probe.h"
#include "harness/model_io/answering_model.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_inputs.h"
#include "results/metrics.h"

namespace bench::harness {

std::vector<InputNeed> EvaluateStage::Inputs() const { return AnsweringModelInputs(spec_.model); }

absl::StatusOr<InputDigests> EvaluateStage::ContentDigests(
    const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(InputDigests digests,
                         ContentDigestsOf({{"model", spec_.model.folder, ContentKind::kModel}}));
  BENCH_RETURN_IF_ERROR(AddProbeDigests(spec_.probes, experiments_root, digests));
  return digests;
}

absl::StatusOr<StageOutcome> EvaluateStage::Run(RunContext& context) {
  if (spec_.decode.prompts) return UsageError("[decode] is not available yet");
  BENCH_ASSIGN_OR_RETURN(const Probes probes,
                         Probes::Load(spec_.probes, context.experiments_root, context.seeds));
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model, LoadAnsweringModel(spec_.model, context));
  StageOutcome outcome;
  {
    Range range(context.ranges, RangeId::kEvaluate);
    BENCH_ASSIGN_OR_RETURN(outcome.summary,
                           probes.Ask({*model.decoder, model.tokenizer, model.prompt_template},
                                      /*step=*/0, context.writer));
  }
  outcome.summary.push_back(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(model.decoder->parameters()))});
  BENCH_RETURN_IF_ERROR(RecordRanges(context, /*step=*/0));
  nlohmann::json values;
  for (const results::MetricValue& value : outcome.summary) {
    values[value.key.Path()] = value.value;
  }
  BENCH_RETURN_IF_ERROR(
      PublishFile(context.artifact_folder + "/probes.json", values.dump(2) + "\n"));
  return outcome;
}

}  // namespace bench::harness
