// What a stage that trains a decoder begins with: its device, tokenizer file and initial weights.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/stages/stage.h"
#include "models/decoder.h"

namespace bench::harness {

// The stages whose artifact is a trained decoder (decoder_artifact.h).
inline constexpr std::array kDecoderStages = {StageKind::kClm, StageKind::kSft};

at::Device DeviceOf(DeviceKind kind);

// The inputs "tokenizer" and "initial_weights", where the definition names another experiment.
std::vector<InputNeed> DecoderInputs(const TokenizerRef& tokenizer, const InitSpec& init);

// Of `tokenizer`: the user's file, or that of the artifact.
std::string TokenizerPath(const TokenizerRef& tokenizer, const RunContext& context);

// Random weights, or those of an artifact or Hugging Face folder, which must have this geometry
// (UsageError naming the difference).
absl::StatusOr<std::unique_ptr<models::Decoder>> InitialDecoder(const ModelSpec& model,
                                                                const InitSpec& init,
                                                                int64_t vocab_size,
                                                                const RunContext& context);

}  // namespace bench::harness
