// The positions that a definition asks for (harness/definition/positions_spec.h) in a decoder's
// configuration, and a trained decoder with others than its own.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "harness/definition/evaluate_spec.h"
#include "harness/definition/positions_spec.h"
#include "models/decoder.h"

namespace bench::harness {

// Replaces what `spec` names in `config`, whose axes are set. NTK of every length is the base
// that it stands for (models::NtkTheta), and so rope_theta in config.json. log_n = false leaves the
// logarithm that `config` has, but for Qwen's, which is part of its scaling and goes with it, and
// rope_scaling "none", with which there is none.
void ApplyPositions(const PositionsSpec& spec, models::DecoderConfig& config);

// And back: the scaling "own" where there is none.
PositionsSpec PositionsSpecOf(const models::DecoderConfig& config);

// UsageError where the family has no rotary positions and `spec` stretches them, or scales queries
// by their logarithm.
absl::Status CheckPositionsApply(const PositionsSpec& spec, const models::DecoderConfig& config);

// `decoder` with these positions and the same weights, in the same type; `decoder` itself where
// `spec` has its defaults. UsageError for what does not fit it.
absl::StatusOr<std::unique_ptr<models::Decoder>> WithPositions(
    std::unique_ptr<models::Decoder> decoder, const EvaluatedPositionsSpec& spec);

}  // namespace bench::harness
