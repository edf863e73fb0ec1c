#include "harness/stages/training_disk.h"

#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/model_io/family_form.h"
#include "harness/training/checkpoint.h"
#include "harness/training/parameter_update.h"
#include "models/hf_folder.h"
#include "models/safetensors.h"

namespace bench::harness {
namespace {

// As the training loop writes them.
std::vector<models::TensorSpec> CheckpointSpecs(
    const OptimizerSpec& optimizer, const std::vector<models::NamedTensor>& parameters) {
  std::vector<models::NamedTensor> model;
  AppendWithPrefix(parameters, "model", model);
  std::vector<models::TensorSpec> specs = models::SpecsOf(model);
  for (models::TensorSpec& spec : MakeLocalUpdate(optimizer, parameters)->StateSpecs()) {
    specs.push_back({"optimizer/" + spec.name, spec.type, spec.shape});
  }
  return specs;
}

absl::StatusOr<models::DecoderConfig> ConfigOf(const DecoderSource& source,
                                               const std::map<std::string, Artifact>& inputs) {
  switch (source.init.weights) {
    case InitSource::kRandom:
      return DecoderConfigOf(source.model, source.vocab_size);
    case InitSource::kFolder:
      return models::ReadHfConfig(*source.init.folder);
    case InitSource::kArtifact:
      return models::ReadHfConfig(inputs.at("initial_weights").folder);
  }
  return DecoderConfigOf(source.model, source.vocab_size);
}

}  // namespace

int64_t NumBytes(const std::vector<models::NamedTensor>& parameters) {
  int64_t bytes = 0;
  for (const models::NamedTensor& parameter : parameters) {
    bytes += static_cast<int64_t>(parameter.tensor.nbytes());
  }
  return bytes;
}

absl::StatusOr<DiskNeed> TrainingDisk(const OptimizerSpec& optimizer,
                                      const TrainedTensors& tensors) {
  BENCH_ASSIGN_OR_RETURN(const int64_t checkpoint_bytes,
                         CheckpointBytes(CheckpointSpecs(optimizer, tensors.parameters)));
  return DiskNeed{(kCheckpointsKept + 1) * (checkpoint_bytes + tensors.state_bytes),
                  tensors.artifact_bytes};
}

absl::StatusOr<int64_t> VocabSizeOf(const TokenizerRef& tokenizer,
                                    const std::map<std::string, Artifact>& inputs) {
  BENCH_ASSIGN_OR_RETURN(const Tokenizer loaded, LoadTokenizer(tokenizer, inputs));
  return loaded.vocab_size();
}

absl::StatusOr<std::unique_ptr<models::Decoder>> WithoutWeights(
    const DecoderSource& source, const std::map<std::string, Artifact>& inputs) {
  BENCH_ASSIGN_OR_RETURN(const models::DecoderConfig config, ConfigOf(source, inputs));
  BENCH_RETURN_IF_ERROR(CheckRowsOf(config, source.prompt_template));
  if (source.init.weights == InitSource::kRandom) BENCH_RETURN_IF_ERROR(CheckFilesHold(config));
  return models::Decoder::WithoutWeights(config, ParameterType(source.precision));
}

absl::StatusOr<DiskNeed> DecoderDisk(const DecoderSource& source, const OptimizerSpec& optimizer,
                                     const std::map<std::string, Artifact>& inputs) {
  BENCH_ASSIGN_OR_RETURN(const auto decoder, WithoutWeights(source, inputs));
  return TrainingDisk(optimizer, {decoder->parameters(), NumBytes(decoder->parameters())});
}

}  // namespace bench::harness
