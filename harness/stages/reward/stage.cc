#include "harness/stages/reward/stage.h"

#include <ATen/CPUGeneratorImpl.h>

#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/reward/artifact.h"
#include "harness/stages/reward/data.h"
#include "harness/stages/reward/evaluation.h"
#include "harness/stages/reward/task.h"
#include "harness/stages/training_disk.h"

namespace bench::harness {
namespace {

absl::Status RecordData(const RewardData& data, RunContext& context) {
  const std::pair<const char*, const std::vector<RewardPair>&> parts[] = {
      {"train", data.train}, {"validation", data.validation}};
  for (const auto& [part, pairs] : parts) {
    int64_t num_tokens = 0;
    int64_t num_response_tokens = 0;
    for (const RewardPair& pair : pairs) {
      num_tokens += std::ssize(pair.chosen) + std::ssize(pair.rejected);
      num_response_tokens += pair.num_response_tokens();
    }
    BENCH_RETURN_IF_ERROR(context.writer.TableRow("data", std::nullopt,
                                                  {{"part", std::string(part)},
                                                   {"pairs", static_cast<int64_t>(pairs.size())},
                                                   {"tokens", num_tokens},
                                                   {"response_tokens", num_response_tokens}}));
  }
  return RecordLeftOut(data.left_out, context);
}

absl::StatusOr<models::RewardModel> InitialModel(const RewardSpec& spec, const Tokenizer& tokenizer,
                                                 const RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(auto decoder, InitialDecoder(spec.model, spec.init, tokenizer, context,
                                                      spec.training.precision));
  BENCH_RETURN_IF_ERROR(CheckPrompts(tokenizer, spec.data.prompt_template, decoder->config()));
  const at::Generator generator =
      at::detail::createCPUGenerator(context.seeds.For(SeedPurpose::kWeights, "score"));
  return models::RewardModel::OnDecoder(std::move(decoder), generator);
}

}  // namespace

std::vector<InputNeed> RewardStage::Inputs() const {
  std::vector<InputNeed> needs = DecoderInputs(spec().tokenizer, spec().init);
  if (spec().data.dataset) {
    needs.push_back(
        {"dataset", *spec().data.dataset, {StageKind::kPreferences, StageKind::kSynthetic}});
  }
  return needs;
}

absl::StatusOr<InputDigests> RewardStage::ContentDigests(const std::string&) const {
  return DigestsWith(spec().data);
}

absl::StatusOr<DiskNeed> RewardStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec().tokenizer, inputs));
  BENCH_ASSIGN_OR_RETURN(auto decoder,
                         WithoutWeights({spec().model, spec().init, vocab_size,
                                         spec().training.precision, spec().data.prompt_template},
                                        inputs));
  BENCH_ASSIGN_OR_RETURN(
      const models::RewardModel model,
      models::RewardModel::OnDecoder(std::move(decoder), at::detail::createCPUGenerator()));
  return TrainingDisk(spec().optimizer, {model.parameters(), NumBytes(model.parameters())});
}

absl::StatusOr<StageOutcome> RewardStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         LoadTokenizer(spec().tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const RewardData data, LoadRewardData(spec(), tokenizer, context.inputs));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel model, InitialModel(spec(), tokenizer, context));

  RewardEvaluator evaluator({spec(), data, model, context.writer});
  RewardTask task(
      {spec(), data, model, context.ranks}, context.seeds,
      [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); });
  return TrainAndSave(Loop(), task, context, [&] {
    return SaveRewardArtifact(model, tokenizer, spec().data.prompt_template,
                              context.artifact_folder);
  });
}

}  // namespace bench::harness
