#include "harness/stages/sft.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/stages/content_digest.h"
#include "harness/stages/decoder_artifact.h"
#include "harness/stages/decoder_inputs.h"
#include "harness/stages/sft_data.h"
#include "harness/stages/sft_evaluation.h"
#include "harness/stages/sft_task.h"
#include "harness/stages/training_disk.h"
#include "harness/stages/training_stage.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

absl::Status RecordData(const SftData& data, RunContext& context) {
  for (const SftTaskRows& task : data.tasks) {
    const std::pair<const char*, const std::vector<SftRow>&> parts[] = {
        {"train", task.train}, {"validation", task.validation}, {"test", task.test}};
    for (const auto& [part, rows] : parts) {
      int64_t num_tokens = 0;
      int64_t num_target_tokens = 0;
      for (const SftRow& row : rows) {
        num_tokens += static_cast<int64_t>(row.tokens.size());
        num_target_tokens += row.num_target_tokens();
      }
      BENCH_RETURN_IF_ERROR(context.writer.TableRow("data", std::nullopt,
                                                    {{"task", task.task},
                                                     {"part", std::string(part)},
                                                     {"rows", static_cast<int64_t>(rows.size())},
                                                     {"tokens", num_tokens},
                                                     {"target_tokens", num_target_tokens}}));
    }
  }
  return RecordLeftOut(data.left_out, context);
}

}  // namespace

std::vector<InputNeed> SftStage::Inputs() const {
  std::vector<InputNeed> needs = DecoderInputs(spec_.tokenizer, spec_.init);
  if (spec_.data.dataset) {
    needs.push_back({"dataset", *spec_.data.dataset, {StageKind::kTranslations}});
  }
  return needs;
}

absl::StatusOr<InputDigests> SftStage::ContentDigests(const std::string&) const {
  BENCH_ASSIGN_OR_RETURN(
      InputDigests digests,
      ContentDigestsOf({{"data", spec_.data.path},
                        {"validation_data", spec_.data.validation_path},
                        {"initial_weights", spec_.init.folder, ContentKind::kWeights}}));
  BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec_.tokenizer, digests));
  digests["prompt_template"] = Digest(spec_.data.prompt_template);
  return digests;
}

absl::StatusOr<DiskNeed> SftStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec_.tokenizer, inputs));
  return DecoderDisk({spec_.model, spec_.init, vocab_size, spec_.training.precision},
                     spec_.optimizer, inputs);
}

absl::Status SftStage::CheckRanks(int64_t num_ranks) const {
  return CheckSpread("training.batch_size", spec_.training.batch_size,
                     spec_.training.micro_rows(num_ranks), num_ranks);
}

absl::StatusOr<StageOutcome> SftStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, LoadTokenizer(spec_.tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const SftData data, LoadSftData(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(std::vector<MixturePart> mixture, MixtureOf(data, spec_.data.mix));
  BENCH_ASSIGN_OR_RETURN(const auto decoder, InitialDecoder(spec_.model, spec_.init, tokenizer,
                                                            context, spec_.training.precision));
  BENCH_RETURN_IF_ERROR(
      context.writer.Summary({{&results::kParameters, ""},
                              static_cast<double>(models::NumParameters(decoder->config()))}));

  SftEvaluator evaluator({spec_, data, tokenizer, *decoder, context.writer, context.ranges});
  SftTask task(
      spec_, data, MixtureSampler(std::move(mixture), context.seeds), *decoder,
      [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); });
  task.ShareWith(context.ranks);
  const LoopSpec loop = LoopOf(spec_, run_);
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
  if (!context.ranks.leads()) return outcome;
  BENCH_RETURN_IF_ERROR(SaveDecoderArtifact(*decoder, tokenizer, spec_.data.prompt_template,
                                            context.artifact_folder));
  return outcome;
}

}  // namespace bench::harness
