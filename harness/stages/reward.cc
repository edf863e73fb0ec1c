#include "harness/stages/reward.h"

#include <ATen/CPUGeneratorImpl.h>

#include "base/status.h"
#include "harness/data/prompt_template.h"
#include "harness/stages/content_digest.h"
#include "harness/stages/decoder_inputs.h"
#include "harness/stages/reward_artifact.h"
#include "harness/stages/reward_data.h"
#include "harness/stages/reward_evaluation.h"
#include "harness/stages/reward_task.h"
#include "harness/stages/training_disk.h"
#include "harness/stages/training_stage.h"
#include "results/metrics.h"

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
  BENCH_ASSIGN_OR_RETURN(auto decoder, InitialDecoder(spec.model, spec.init, tokenizer, context));
  const at::Generator generator =
      at::detail::createCPUGenerator(context.seeds.For(SeedPurpose::kWeights, "score"));
  return models::RewardModel::OnDecoder(std::move(decoder), generator);
}

}  // namespace

std::vector<InputNeed> RewardStage::Inputs() const {
  std::vector<InputNeed> needs = DecoderInputs(spec_.tokenizer, spec_.init);
  if (spec_.data.dataset) {
    needs.push_back({"dataset", *spec_.data.dataset, {StageKind::kPreferences}});
  }
  return needs;
}

absl::StatusOr<InputDigests> RewardStage::ContentDigests(const std::string&) const {
  BENCH_ASSIGN_OR_RETURN(
      InputDigests digests,
      ContentDigestsOf({{"data", spec_.data.path},
                        {"validation_data", spec_.data.validation_path},
                        {"initial_weights", spec_.init.folder, ContentKind::kWeights}}));
  BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec_.tokenizer, digests));
  digests["prompt_template"] = Digest(spec_.data.prompt_template);
  return digests;
}

absl::StatusOr<DiskNeed> RewardStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec_.tokenizer, inputs));
  BENCH_ASSIGN_OR_RETURN(auto decoder,
                         WithoutWeights({spec_.model, spec_.init, vocab_size}, inputs));
  BENCH_ASSIGN_OR_RETURN(
      const models::RewardModel model,
      models::RewardModel::OnDecoder(std::move(decoder), at::detail::createCPUGenerator()));
  return TrainingDisk(spec_.optimizer, {model.parameters(), NumBytes(model.parameters())});
}

absl::Status RewardStage::CheckRanks(int64_t num_ranks) const {
  return CheckSpread("training.batch_size", spec_.training.batch_size,
                     spec_.training.micro_rows(num_ranks), num_ranks);
}

absl::StatusOr<StageOutcome> RewardStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, LoadTokenizer(spec_.tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const RewardData data, LoadRewardData(spec_, tokenizer, context.inputs));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel model, InitialModel(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(context.writer.Summary(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(model.parameters()))}));

  RewardEvaluator evaluator({spec_, data, model, context.writer});
  RewardTask task(
      spec_, data, context.seeds, model,
      [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); });
  task.ShareWith(context.ranks);
  const LoopSpec loop = LoopOf(spec_, run_);
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
  if (!context.ranks.leads()) return outcome;
  BENCH_RETURN_IF_ERROR(
      SaveRewardArtifact(model, tokenizer, spec_.data.prompt_template, context.artifact_folder));
  return outcome;
}

}  // namespace bench::harness
