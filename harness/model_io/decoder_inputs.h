// What a stage that trains a decoder begins with: its device, tokenizer and initial weights.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/context/needs.h"
#include "harness/context/run_context.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"

namespace bench::harness {

// The stages whose artifact is a trained decoder (decoder_artifact.h).
inline constexpr std::array kDecoderStages = {StageKind::kClm, StageKind::kSft, StageKind::kPpo};
// Those whose artifact is exported as a Hugging Face folder.
inline constexpr std::array kModelStages = {StageKind::kClm, StageKind::kSft, StageKind::kReward,
                                            StageKind::kPpo};

at::Device DeviceOf(DeviceKind kind);

InputNeed InitialWeightsNeed(const ArtifactRef& artifact);

// The inputs "tokenizer" and "initial_weights", where the definition names another experiment.
std::vector<InputNeed> DecoderInputs(const TokenizerRef& tokenizer, const InitSpec& init);

// The user's file or folder (harness/tokenizers/tokenizer_files.h), or the artifact.
absl::StatusOr<Tokenizer> LoadTokenizer(const TokenizerRef& tokenizer,
                                        const std::map<std::string, Artifact>& inputs);

// Checkpoints of weights and two moments in fp32, and the artifact.
DiskNeed DecoderDisk(const ModelSpec& model, int64_t vocab_size);
absl::StatusOr<DiskNeed> DecoderDisk(const ModelSpec& model, const TokenizerRef& tokenizer,
                                     const std::map<std::string, Artifact>& inputs);

int64_t NumElements(const std::vector<models::NamedTensor>& parameters);

// The type that parameters are held in.
at::ScalarType ParameterType(Precision precision);
// The type of activations and products, in which models that are not trained are held.
at::ScalarType ComputeType(Precision precision);

// Of the user's own tokenizer, under the role "tokenizer": its files alone, since a Hugging Face
// folder also holds weights, which are an input of their own.
absl::Status AddTokenizerDigest(const TokenizerRef& tokenizer, InputDigests& digests);

// Says, and records under the role, which weight files in a user's `folder` are not those that are
// read, if there are any.
absl::Status NoteUnusedWeights(const std::string& folder, std::string_view role,
                               const RunContext& context);

// Says, and records, that attention is not the fused one, with the reason.
absl::Status NoteAttentionKernels(const models::DecoderConfig& config, const RunContext& context);

// Random weights for the tokenizer's vocabulary, or those of an artifact or Hugging Face folder,
// which must have this geometry and at least that vocabulary (UsageError naming the difference).
// UsageError for what the family's form does not allow (family_form.h).
absl::StatusOr<std::unique_ptr<models::Decoder>> InitialDecoder(
    const ModelSpec& model, const InitSpec& init, const Tokenizer& tokenizer,
    const RunContext& context, Precision precision = Precision::kFp32);

}  // namespace bench::harness
