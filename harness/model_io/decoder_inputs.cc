#include "harness/model_io/decoder_inputs.h"

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/family_form.h"
#include "harness/model_io/positions_form.h"
#include "models/hf_folder.h"
#include "models/weight_files.h"

namespace bench::harness {

at::ScalarType ParameterType(Precision precision) {
  return precision == Precision::kMixed ? at::kBFloat16 : at::kFloat;
}

at::ScalarType ComputeType(Precision precision) {
  return precision == Precision::kFp32 ? at::kFloat : at::kBFloat16;
}

at::Device DeviceOf(DeviceKind kind) {
  if (kind == DeviceKind::kCpu) return at::kCPU;
  return c10::impl::VirtualGuardImpl(at::kCUDA).getDevice();  // that of this rank
}

InputNeed InitialWeightsNeed(const ArtifactRef& artifact) {
  return {"initial_weights", artifact, {kDecoderStages.begin(), kDecoderStages.end()}};
}

std::vector<InputNeed> DecoderInputs(const TokenizerRef& tokenizer, const InitSpec& init) {
  std::vector<InputNeed> needs;
  if (tokenizer.artifact) {
    needs.push_back({"tokenizer",
                     *tokenizer.artifact,
                     {StageKind::kTokenizer, StageKind::kGenerated, StageKind::kSynthetic}});
  }
  if (init.artifact) needs.push_back(InitialWeightsNeed(*init.artifact));
  return needs;
}

absl::StatusOr<Tokenizer> LoadTokenizer(const TokenizerRef& tokenizer,
                                        const std::map<std::string, Artifact>& inputs) {
  const std::string path = tokenizer.path ? *tokenizer.path : inputs.at("tokenizer").folder;
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(path));
  return Tokenizer::FromFiles(std::move(files));
}

int64_t NumElements(const std::vector<models::NamedTensor>& parameters) {
  int64_t num = 0;
  for (const models::NamedTensor& parameter : parameters) num += parameter.tensor.numel();
  return num;
}

absl::Status AddTokenizerDigest(const TokenizerRef& tokenizer, InputDigests& digests) {
  if (!tokenizer.path) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const TokenizerFiles files, ReadTokenizerFiles(*tokenizer.path));
  digests["tokenizer"] = Digest(files);
  return absl::OkStatus();
}

absl::Status NoteUnusedWeights(const std::string& folder, std::string_view role,
                               const RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const models::WeightFiles files, models::FindWeightFiles(folder));
  if (files.unused.empty()) return absl::OkStatus();
  const std::string unused = absl::StrJoin(files.unused, ", ");
  context.progress.Note(absl::StrCat(folder, ": the weights are read from ",
                                     files.index.empty() ? files.tensors[0] : files.index[0],
                                     ", as transformers does; not used: ", unused));
  return context.writer.Note(absl::StrCat("unused_weight_files_of_", std::string(role)), unused);
}

absl::Status NoteAttentionKernels(const models::DecoderConfig& config, const RunContext& context) {
  if (models::AttentionKernelsOf(config) == models::AttentionKernels::kFused) {
    return absl::OkStatus();
  }
  context.progress.Note(
      config.slides() ? "attention is composed of matrix products: its window slides, which the "
                        "fused kernels do not cover"
                      : "attention is composed of matrix products: its scores have a bias or a "
                        "visible prefix, which the fused kernels do not cover");
  return context.writer.Note("attention_kernels", "composed");
}

namespace {

absl::StatusOr<std::unique_ptr<models::Decoder>> InitialWeights(const ModelSpec& model,
                                                                const InitSpec& init,
                                                                const Tokenizer& tokenizer,
                                                                const RunContext& context,
                                                                at::ScalarType type) {
  const models::DecoderConfig config = DecoderConfigOf(model, tokenizer.vocab_size());
  const at::Device device = DeviceOf(context.device);
  if (init.weights == InitSource::kRandom) {
    BENCH_RETURN_IF_ERROR(Annotate(CheckPositionsApply(model.positions, config), "[model]"));
    BENCH_RETURN_IF_ERROR(CheckFilesHold(config));
    at::Generator generator =
        at::detail::createCPUGenerator(context.seeds.For(SeedPurpose::kWeights));
    return models::Decoder::Create(config, generator, device, type);
  }
  const std::string folder = init.weights == InitSource::kFolder
                                 ? *init.folder
                                 : context.inputs.at("initial_weights").folder;
  if (init.folder) {
    BENCH_RETURN_IF_ERROR(NoteUnusedWeights(folder, "initial_weights", context));
  }
  BENCH_ASSIGN_OR_RETURN(auto decoder, models::LoadHfFolder(folder, device, type));
  BENCH_RETURN_IF_ERROR(CheckVocabulary(tokenizer, decoder->config(), folder));
  BENCH_RETURN_IF_ERROR(CheckSameModel(config, decoder->config(), folder));
  return decoder;
}

}  // namespace

absl::StatusOr<std::unique_ptr<models::Decoder>> InitialDecoder(const ModelSpec& model,
                                                                const InitSpec& init,
                                                                const Tokenizer& tokenizer,
                                                                const RunContext& context,
                                                                Precision precision) {
  BENCH_ASSIGN_OR_RETURN(auto decoder,
                         InitialWeights(model, init, tokenizer, context, ParameterType(precision)));
  if (precision == Precision::kAutocast) decoder->ComputeIn(ComputeType(precision));
  BENCH_RETURN_IF_ERROR(NoteAttentionKernels(decoder->config(), context));
  return decoder;
}

}  // namespace bench::harness
