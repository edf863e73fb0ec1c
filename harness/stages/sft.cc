#include "harness/stages/sft.h"

#include <ATen/CPUGeneratorImpl.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/stages/content_digest.h"
#include "harness/stages/decoder_artifact.h"
#include "harness/stages/sft_data.h"
#include "harness/stages/sft_evaluation.h"
#include "harness/stages/sft_task.h"
#include "harness/training/checkpoint.h"
#include "harness/training/loop.h"
#include "models/hf_folder.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

at::Device DeviceOf(DeviceKind kind) {
  return kind == DeviceKind::kCuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
}

struct LoadedTokenizer {
  std::string model;  // the bytes of its file
  Tokenizer tokenizer;
};
absl::StatusOr<LoadedTokenizer> LoadTokenizer(const TokenizerRef& tokenizer,
                                              const std::map<std::string, Artifact>& inputs) {
  const std::string path =
      tokenizer.path ? *tokenizer.path : inputs.at("tokenizer").File("tokenizer.model");
  BENCH_ASSIGN_OR_RETURN(std::string model, ReadTokenizerModel(path));
  BENCH_ASSIGN_OR_RETURN(Tokenizer loaded, Tokenizer::FromModelBytes(model, path));
  return LoadedTokenizer{std::move(model), std::move(loaded)};
}

absl::StatusOr<std::unique_ptr<models::Decoder>> InitialDecoder(const SftSpec& spec,
                                                                int64_t vocab_size,
                                                                const RunContext& context) {
  const models::DecoderConfig config = DecoderConfigOf(spec.model, vocab_size);
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
      {"tokenizer", spec_.tokenizer.path},
      {"initial_weights", spec_.init.folder}};
  InputDigests digests;
  for (const auto& [role, path] : files) {
    if (!path) continue;
    BENCH_ASSIGN_OR_RETURN(digests[role], ContentSha256(*path));
  }
  return digests;
}

absl::StatusOr<DiskNeed> SftStage::Disk(const std::map<std::string, Artifact>& inputs) const {
  BENCH_ASSIGN_OR_RETURN(const LoadedTokenizer loaded, LoadTokenizer(spec_.tokenizer, inputs));
  const int64_t weights_bytes =
      int64_t{sizeof(float)} *
      models::NumParameters(DecoderConfigOf(spec_.model, loaded.tokenizer.vocab_size()));
  // A checkpoint: weights and two moments. While one is made the last two are still there.
  constexpr int64_t kTensorsPerParameter = 3;
  return DiskNeed{(kCheckpointsKept + 1) * kTensorsPerParameter * weights_bytes, weights_bytes};
}

absl::StatusOr<StageOutcome> SftStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const LoadedTokenizer loaded,
                         LoadTokenizer(spec_.tokenizer, context.inputs));
  const Tokenizer& tokenizer = loaded.tokenizer;
  BENCH_ASSIGN_OR_RETURN(const SftData data, LoadSftData(spec_, tokenizer, context));
  BENCH_RETURN_IF_ERROR(RecordData(data, context.writer));
  BENCH_ASSIGN_OR_RETURN(std::vector<MixturePart> mixture, MixtureOf(data, spec_.data.mix));
  BENCH_ASSIGN_OR_RETURN(const auto decoder,
                         InitialDecoder(spec_, tokenizer.vocab_size(), context));
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
  BENCH_RETURN_IF_ERROR(SaveDecoderArtifact(*decoder, tokenizer, loaded.model,
                                            spec_.data.prompt_template, context.artifact_folder));
  return outcome;
}

}  // namespace bench::harness
