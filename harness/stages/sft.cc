#include "harness/stages/sft.h"

#include <ATen/CPUGeneratorImpl.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/stages/content_digest.h"
#include "harness/stages/decoder_artifact.h"
#include "harness/stages/sft_data.h"
#include "harness/stages/sft_evaluation.h"
#include "harness/stages/sft_task.h"
#include "harness/training/loop.h"
#include "models/hf_folder.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

at::Device DeviceOf(DeviceKind kind) {
  return kind == DeviceKind::kCuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
}

std::string TokenizerPath(const TokenizerRef& tokenizer, const RunContext& context) {
  return tokenizer.path ? *tokenizer.path : context.inputs.at("tokenizer").folder;
}

absl::StatusOr<std::unique_ptr<models::Decoder>> InitialDecoder(const SftSpec& spec,
                                                                const Tokenizer& tokenizer,
                                                                const RunContext& context) {
  const models::DecoderConfig config = DecoderConfigOf(spec.model, tokenizer.vocab_size());
  const at::Device device = DeviceOf(context.device);
  if (spec.init.weights == InitSource::kRandom) {
    at::Generator generator =
        at::detail::createCPUGenerator(context.seeds.For(SeedPurpose::kWeights));
    return models::Decoder::Create(config, generator, device, at::kFloat);
  }
  const std::string folder = spec.init.weights == InitSource::kFolder
                                 ? *spec.init.folder
                                 : context.inputs.at("initial_weights").folder;
  BENCH_ASSIGN_OR_RETURN(auto decoder, models::LoadHfFolder(folder, device, at::kFloat));
  BENCH_RETURN_IF_ERROR(CheckVocabulary(tokenizer, decoder->config(), folder));
  BENCH_RETURN_IF_ERROR(CheckSameModel(config, decoder->config(), folder));
  return decoder;
}

absl::Status RecordData(const SftData& data, results::RunWriter& writer) {
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
      BENCH_RETURN_IF_ERROR(writer.TableRow("data", std::nullopt,
                                            {{"task", task.task},
                                             {"part", std::string(part)},
                                             {"rows", static_cast<int64_t>(rows.size())},
                                             {"tokens", num_tokens},
                                             {"target_tokens", num_target_tokens}}));
    }
  }
  return writer.Summary(
      {{&results::kDroppedExamples, ""}, static_cast<double>(data.num_dropped + data.num_skipped)});
}

}  // namespace

std::vector<InputNeed> SftStage::Inputs() const {
  std::vector<InputNeed> needs;
  if (spec_.data.dataset) {
    needs.push_back({"dataset", *spec_.data.dataset, StageKind::kTranslations});
  }
  if (spec_.tokenizer.artifact) {
    needs.push_back({"tokenizer", *spec_.tokenizer.artifact, StageKind::kTokenizer});
  }
  if (spec_.init.artifact) {
    needs.push_back({"initial_weights", *spec_.init.artifact, StageKind::kSft});
  }
  return needs;
}

absl::StatusOr<InputDigests> SftStage::ContentDigests(const std::string&) const {
  const std::pair<const char*, const std::optional<std::string>&> files[] = {
      {"data", spec_.data.path},
      {"validation_data", spec_.data.validation_path},
      {"initial_weights", spec_.init.folder}};
  InputDigests digests;
  for (const auto& [role, path] : files) {
    if (!path) continue;
    BENCH_ASSIGN_OR_RETURN(digests[role], ContentSha256(*path));
  }
  if (spec_.tokenizer.path) {
    // A Hugging Face folder also holds weights, which are an input of their own.
    BENCH_ASSIGN_OR_RETURN(const TokenizerFiles tokenizer, ReadTokenizerFiles(*spec_.tokenizer.path));
    digests["tokenizer"] = Digest(tokenizer);
  }
  digests["prompt_template"] = Digest(spec_.data.prompt_template);
  return digests;
}

absl::StatusOr<StageOutcome> SftStage::Run(RunContext& context) {
  const std::string tokenizer_path = TokenizerPath(spec_.tokenizer, context);
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles tokenizer_files, ReadTokenizerFiles(tokenizer_path));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         Tokenizer::FromFiles(std::move(tokenizer_files)));
  BENCH_ASSIGN_OR_RETURN(const SftData data, LoadSftData(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(RecordData(data, context.writer));
  BENCH_ASSIGN_OR_RETURN(std::vector<MixturePart> mixture, MixtureOf(data, spec_.data.mix));
  BENCH_ASSIGN_OR_RETURN(const auto decoder, InitialDecoder(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(
      context.writer.Summary({{&results::kParameters, ""},
                              static_cast<double>(models::NumParameters(decoder->config()))}));

  SftEvaluator evaluator({spec_, data, tokenizer, *decoder, context.writer, context.ranges});
  SftTask task(
      spec_, data, MixtureSampler(std::move(mixture), context.seeds), *decoder,
      [&evaluator](EvaluationPoint point, int64_t step) { return evaluator.Run(point, step); });
  const LoopSpec loop = {spec_.optimizer, spec_.schedule, spec_.training.steps,
                         spec_.evaluation.every_steps, run_.checkpoint_every_steps};
  BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
  BENCH_RETURN_IF_ERROR(SaveDecoderArtifact(*decoder, tokenizer, spec_.data.prompt_template,
                                            context.artifact_folder));
  return outcome;
}

}  // namespace bench::harness
