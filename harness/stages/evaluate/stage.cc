#include "harness/stages/evaluate/stage.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/context/record_ranges.h"
#include "harness/evaluation/decode_timing.h"
#include "harness/evaluation/probes/probe.h"
#include "harness/model_io/answering_model.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/model_io/positions_form.h"
#include "harness/stages/clm/text_data.h"
#include "harness/stages/evaluate/contexts.h"
#include "harness/stages/evaluate/rows.h"
#include "results/metrics.h"
#include "results/statistics/descriptive.h"

namespace bench::harness {

namespace {

// Times decoding, and records the repeats and their median.
absl::StatusOr<std::vector<results::MetricValue>> TimeAndRecord(const DecodeTimingSpec& spec,
                                                                const DecoderArtifact& model,
                                                                RunContext& context) {
  const std::string path = context.inputs.at("prompts").File("sft.jsonl");
  BENCH_ASSIGN_OR_RETURN(const TokenRows prompts, ReadPrompts(path, spec, model));
  const auto decoder = model.decoder->CopyIn(ComputeType(spec.precision));
  context.progress.Note("timing greedy decoding");
  Range range(context.ranges, RangeId::kGenerate);
  BENCH_ASSIGN_OR_RETURN(const DecodeTimes times,
                         TimeDecoding(*decoder, prompts, spec, model.tokenizer.vocab_size()));
  for (const double seconds : times.seconds) {
    BENCH_RETURN_IF_ERROR(context.writer.Sample({&results::kGenerateTime, ""}, seconds));
  }
  const double median = results::Median(times.seconds);
  const auto num_tokens = static_cast<double>(times.num_tokens);
  return std::vector<results::MetricValue>{
      {{&results::kGenerateTime, ""}, median},
      {{&results::kGeneratedTokens, ""}, num_tokens},
      {{&results::kGeneratedTokensPerSecond, ""}, num_tokens / median}};
}

// The text of a source or path, tokenised in the run's folder, or the corpus of another experiment.
// Of the former the fraction is noted: where it is more than the model held out of the same text,
// some of what is scored was trained on, which cannot be seen here.
absl::StatusOr<TokenDataset> OpenText(const ClmDataSpec& data, const Tokenizer& tokenizer,
                                      RunContext& context) {
  if (data.dataset) {
    BENCH_ASSIGN_OR_RETURN(TokenDataset dataset,
                           TokenDataset::Open(context.inputs.at("contexts").folder));
    if (dataset.tokenizer_sha256() == tokenizer.digest()) return dataset;
    return UsageError(absl::StrCat("contexts.dataset: ", ToString(*data.dataset),
                                   " was tokenised with another tokenizer than the model has"));
  }
  BENCH_ASSIGN_OR_RETURN(const ClmText text, ReadTextData(data, context));
  BENCH_RETURN_IF_ERROR(
      context.writer.Note("contexts_validation_fraction", data.validation_fraction));
  const std::string folder = context.folder + "/tokens";
  BENCH_RETURN_IF_ERROR(TokeniseText(text, tokenizer, data.validation_fraction, folder));
  return TokenDataset::Open(folder);
}

absl::StatusOr<std::vector<results::MetricValue>> ScoreContexts(const ContextsSpec& spec,
                                                                const DecoderArtifact& model,
                                                                RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const TokenDataset dataset, OpenText(spec.data, model.tokenizer, context));
  context.progress.Note("scoring text with more and more context");
  return EvaluateContexts({spec, dataset, model.tokenizer, *model.decoder, context.writer},
                          /*step=*/0);
}

// Probes, contexts and rows, of which at least one was asked for, or decoding is timed.
absl::StatusOr<std::vector<results::MetricValue>> Evaluate(const EvaluateSpec& spec,
                                                           const Probes& probes,
                                                           const DecoderArtifact& model,
                                                           RunContext& context) {
  const ProbeModel asked = {*model.decoder, model.tokenizer, model.prompt_template};
  BENCH_RETURN_IF_ERROR(probes.Check(asked));
  Range range(context.ranges, RangeId::kEvaluate);
  BENCH_ASSIGN_OR_RETURN(std::vector<results::MetricValue> values,
                         probes.Ask(asked, /*step=*/0, context.writer));
  if (spec.contexts.is_used()) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<results::MetricValue> contexts,
                           ScoreContexts(spec.contexts, model, context));
    values.insert(values.end(), contexts.begin(), contexts.end());
  }
  if (spec.rows.dataset) {
    BENCH_ASSIGN_OR_RETURN(
        const std::vector<results::MetricValue> rows,
        EvaluateRows(spec.rows, context.inputs.at("rows").folder, model, context));
    values.insert(values.end(), rows.begin(), rows.end());
  }
  return values;
}

}  // namespace

std::vector<InputNeed> EvaluateStage::Inputs() const {
  std::vector<InputNeed> needs = AnsweringModelInputs(spec_.model);
  if (spec_.decode.prompts) {
    needs.push_back({"prompts", *spec_.decode.prompts, {StageKind::kSynthetic}});
  }
  if (spec_.contexts.data.dataset) {
    needs.push_back(
        {"contexts", *spec_.contexts.data.dataset, {StageKind::kCorpus, StageKind::kSynthetic}});
  }
  if (spec_.rows.dataset) {
    needs.push_back({"rows",
                     *spec_.rows.dataset,
                     {StageKind::kGenerated, StageKind::kNames, StageKind::kRefusals}});
  }
  return needs;
}

absl::StatusOr<InputDigests> EvaluateStage::ContentDigests(
    const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(InputDigests digests,
                         ContentDigestsOf({{"model", spec_.model.folder, ContentKind::kModel}}));
  BENCH_RETURN_IF_ERROR(
      AddTextDigests({"contexts", spec_.contexts.data}, experiments_root, digests));
  BENCH_RETURN_IF_ERROR(AddProbeDigests(spec_.probes, experiments_root, digests));
  return digests;
}

absl::StatusOr<StageOutcome> EvaluateStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Probes probes,
                         Probes::Load(spec_.probes, context.experiments_root, context.seeds));
  BENCH_ASSIGN_OR_RETURN(DecoderArtifact model, LoadAnsweringModel(spec_.model, context));
  BENCH_ASSIGN_OR_RETURN(model.decoder, WithPositions(std::move(model.decoder), spec_.positions));
  BENCH_RETURN_IF_ERROR(NoteAttentionKernels(model.decoder->config(), context));
  StageOutcome outcome;
  BENCH_ASSIGN_OR_RETURN(outcome.summary, Evaluate(spec_, probes, model, context));
  if (spec_.decode.prompts) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<results::MetricValue> decoding,
                           TimeAndRecord(spec_.decode, model, context));
    outcome.summary.insert(outcome.summary.end(), decoding.begin(), decoding.end());
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
