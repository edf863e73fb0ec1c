#include "harness/stages/sft/stage.h"

#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/sft/data.h"
#include "harness/stages/sft/evaluation.h"
#include "harness/stages/sft/task.h"
#include "harness/stages/training_disk.h"

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
  std::vector<InputNeed> needs = DecoderInputs(spec().tokenizer, spec().init);
  if (spec().data.dataset) {
    needs.push_back({"dataset",
                     *spec().data.dataset,
                     {StageKind::kTranslations, StageKind::kGenerated, StageKind::kSynthetic}});
  }
  return needs;
}

absl::StatusOr<InputDigests> SftStage::ContentDigests(const std::string& experiments_root) const {
  BENCH_ASSIGN_OR_RETURN(InputDigests digests, DigestsWith(spec().data));
  BENCH_RETURN_IF_ERROR(AddProbeDigests(spec().probes, experiments_root, digests));
  return digests;
}

absl::StatusOr<DiskNeed> SftStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec().tokenizer, inputs));
  return DecoderDisk({spec().model, spec().init, vocab_size, spec().training.precision,
                      spec().data.prompt_template},
                     spec().optimizer, inputs);
}

absl::StatusOr<StageOutcome> SftStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Probes probes,
                         Probes::Load(spec().probes, context.experiments_root, context.seeds));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         LoadTokenizer(spec().tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const SftData data, LoadSftData(spec(), tokenizer, context));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(std::vector<MixturePart> mixture, MixtureOf(data, spec().data.mix));
  BENCH_ASSIGN_OR_RETURN(const auto decoder, InitialDecoder(spec().model, spec().init, tokenizer,
                                                            context, spec().training.precision));
  BENCH_RETURN_IF_ERROR(CheckPrompts(tokenizer, spec().data.prompt_template, decoder->config()));
  const ProbeModel asked = {*decoder, tokenizer, spec().data.prompt_template};
  BENCH_RETURN_IF_ERROR(probes.Check(asked));

  SftEvaluator evaluator({spec(), data, tokenizer, *decoder, context.writer, context.ranges});
  SftTask task(
      {spec(), data, *decoder, context.ranks}, MixtureSampler(std::move(mixture), context.seeds),
      WithProbes(
          [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); },
          probes, asked, context));
  return TrainAndSave(Loop(), task, context, [&] {
    return SaveDecoderArtifact(*decoder, tokenizer, spec().data.prompt_template,
                               context.artifact_folder);
  });
}

}  // namespace bench::harness
