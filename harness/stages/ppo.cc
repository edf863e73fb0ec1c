#include "harness/stages/ppo.h"

#include "base/status.h"
#include "harness/data/prompt_template.h"
#include "harness/stages/content_digest.h"
#include "harness/stages/decoder_artifact.h"
#include "harness/stages/decoder_inputs.h"
#include "harness/stages/ppo_evaluation.h"
#include "harness/stages/ppo_task.h"
#include "harness/stages/training_disk.h"
#include "harness/stages/training_stage.h"
#include "results/metrics.h"

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
  std::vector<InputNeed> needs = DecoderInputs(spec_.tokenizer, spec_.init);
  if (spec_.data.source.dataset) {
    needs.push_back({"dataset", *spec_.data.source.dataset, {StageKind::kTranslations}});
  }
  if (spec_.reward.artifact) {
    needs.push_back({"reward_model", *spec_.reward.artifact, {StageKind::kReward}});
  }
  return needs;
}

absl::StatusOr<InputDigests> PpoStage::ContentDigests(const std::string&) const {
  BENCH_ASSIGN_OR_RETURN(
      InputDigests digests,
      ContentDigestsOf({{"data", spec_.data.source.path},
                        {"validation_data", spec_.data.source.validation_path},
                        {"initial_weights", spec_.init.folder, ContentKind::kWeights},
                        {"reward_model", spec_.reward.folder, ContentKind::kModel}}));
  BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec_.tokenizer, digests));
  digests["prompt_template"] = Digest(spec_.data.source.prompt_template);
  return digests;
}

absl::StatusOr<DiskNeed> PpoStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const int64_t vocab_size, VocabSizeOf(spec_.tokenizer, inputs));
  BENCH_ASSIGN_OR_RETURN(const ActorCritic models,
                         ActorCriticWithoutWeights(spec_, vocab_size, inputs));
  return TrainingDisk(spec_.optimizer, {models.parameters(), NumBytes(models.policy().parameters()),
                                        MostStateBytes(spec_)});
}

absl::Status PpoStage::CheckRanks(int64_t num_ranks) const {
  const int64_t micro_rows = spec_.micro_rows(num_ranks);
  BENCH_RETURN_IF_ERROR(
      CheckSpread("training.batch_size", spec_.training.batch_size, 1, num_ranks));
  return CheckSpread("training.batch_size / ppo.mini_batches =", spec_.mini_batch_rows(),
                     micro_rows, num_ranks);
}

absl::StatusOr<StageOutcome> PpoStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, LoadTokenizer(spec_.tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const PpoData data, LoadPpoData(spec_, tokenizer, context.inputs));
  BENCH_RETURN_IF_ERROR(RecordData(data, context));
  BENCH_ASSIGN_OR_RETURN(PpoMixture mixture, MixtureOf(data, spec_.data.source.mix));
  BENCH_ASSIGN_OR_RETURN(const PpoModels models, LoadPpoModels(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(CheckPositions(models.actor_critic, LongestPrompt(data), spec_));
  BENCH_ASSIGN_OR_RETURN(
      const ResponseScorer scorer,
      ResponseScorer::Create({spec_, data, tokenizer, models.reward ? &*models.reward : nullptr}));
  const auto& parameters = models.actor_critic.parameters();
  BENCH_RETURN_IF_ERROR(context.writer.Summary(
      {{&results::kParameters, ""}, static_cast<double>(NumElements(parameters))}));

  const RolloutParts parts = {spec_,     models.actor_critic, *models.reference, scorer,
                              tokenizer, context.seeds,       data.end_token,    context.ranks};
  PpoEvaluator evaluator({parts, data, context.writer, context.ranges});
  PpoTask task(
      {parts, std::move(mixture), context.writer, context.ranges,
       [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); }});
  LoopSpec loop = LoopOf(spec_, run_);
  loop.first_evaluation = FirstEvaluation::kBeforeTraining;
  loop.steps_per_iteration = spec_.steps_per_rollout();
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
  if (!context.ranks.leads()) return outcome;
  BENCH_RETURN_IF_ERROR(SaveDecoderArtifact(models.actor_critic.policy(), tokenizer,
                                            spec_.data.source.prompt_template,
                                            context.artifact_folder));
  return outcome;
}

}  // namespace bench::harness
