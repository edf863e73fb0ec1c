#include "harness/stages/ppo/stage.h"

#include "base/status.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/ppo/evaluation.h"
#include "harness/stages/ppo/task.h"
#include "harness/stages/training_disk.h"

namespace bench::harness {
namespace {

absl::Status RecordData(const PpoData& data, RunContext& context) {
  for (const PpoTaskPrompts& task : data.tasks) {
    const std::pair<const char*, const std::vector<PpoPrompt>&> parts[] = {
        {"train", task.train}, {"held_out", task.held_out}};
    for (const auto& [part, prompts] : parts) {
      int64_t num_tokens = 0;
      for (const PpoPrompt& prompt : prompts) num_tokens += std::ssize(prompt.tokens);
      BENCH_RETURN_IF_ERROR(
          context.writer.TableRow("data", std::nullopt,
                                  {{"task", task.task},
                                   {"part", std::string(part)},
                                   {"prompts", static_cast<int64_t>(prompts.size())},
                                   {"prompt_tokens", num_tokens}}));
    }
  }
  return RecordLeftOut(data.left_out, context);
}

}  // namespace

std::vector<InputNeed> PpoStage::Inputs() const {
  std::vector<InputNeed> needs = DecoderInputs(spec().tokenizer, spec().init);
  if (spec().data.source.dataset) {
    needs.push_back({"dataset",
                     *spec().data.source.dataset,
                     {StageKind::kTranslations, StageKind::kGenerated, StageKind::kSynthetic}});
  }
  if (spec().reward.artifact) {
    needs.push_back({"reward_model", *spec().reward.artifact, {StageKind::kReward}});
  }
  return needs;
}

absl::StatusOr<InputDigests> PpoStage::ContentDigests(const std::string&) const {
  return DigestsWith(spec().data.source,
                     {{"reward_model", spec().reward.folder, ContentKind::kModel}});
}

absl::StatusOr<DiskNeed> PpoStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec().tokenizer, inputs));
  BENCH_ASSIGN_OR_RETURN(const ActorCritic models,
                         ActorCriticWithoutWeights(spec(), vocab_size, inputs));
  return TrainingDisk(
      spec().optimizer,
      {models.parameters(), NumBytes(models.policy().parameters()), MostStateBytes(spec())});
}

absl::Status PpoStage::CheckRanks(int64_t num_ranks) const {
  const int64_t micro_rows = spec().micro_rows(num_ranks);
  BENCH_RETURN_IF_ERROR(
      CheckSpread("training.batch_size", spec().training.batch_size, 1, num_ranks));
  return CheckSpread("training.batch_size / ppo.mini_batches =", spec().mini_batch_rows(),
                     micro_rows, num_ranks);
}

absl::StatusOr<StageOutcome> PpoStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         LoadTokenizer(spec().tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const PpoData data, LoadPpoData(spec(), tokenizer, context.inputs));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(PpoMixture mixture, MixtureOf(data, spec().data.source.mix));
  BENCH_ASSIGN_OR_RETURN(const PpoModels models, LoadPpoModels(spec(), tokenizer, context));
  BENCH_RETURN_IF_ERROR(CheckPositions(models.actor_critic, LongestPrompt(data), spec()));
  BENCH_ASSIGN_OR_RETURN(
      const ResponseScorer scorer,
      ResponseScorer::Create({spec(), data, tokenizer, models.reward ? &*models.reward : nullptr}));

  const RolloutParts parts = {spec(),    models.actor_critic, *models.reference, scorer,
                              tokenizer, context.seeds,       data.answer_form,  context.ranks};
  PpoEvaluator evaluator({parts, data, context.writer, context.ranges});
  PpoTask task(
      {parts, std::move(mixture), context.writer, context.ranges,
       [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); }});
  LoopSpec loop = Loop();
  loop.first_evaluation = FirstEvaluation::kBeforeTraining;
  loop.steps_per_iteration = spec().steps_per_rollout();
  return TrainAndSave(loop, task, context, [&] {
    return SaveDecoderArtifact(models.actor_critic.policy(), tokenizer,
                               spec().data.source.prompt_template, context.artifact_folder);
  });
}

}  // namespace bench::harness
