// How fast a decoder continues a batch of prompts greedily.
//
// The prompts are decoded together as in generation.h, each by exactly new_tokens tokens: no token
// ends a sequence, so the work is the same whatever the weights are. The clock runs from the ids of
// the prompts to the last token's id on the host, the pass over the prompts included. Nothing is
// drawn. Errors: StoppedError once a stop was asked for; UsageError where a prompt and its
// continuation have no room in the model's positions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/evaluate_spec.h"
#include "harness/evaluation/generation.h"
#include "harness/model_io/decoder_artifact.h"

namespace bench::harness {

struct DecodeTimes {
  std::vector<double> seconds;  // of each repeat, those to warm up left out
  int64_t num_tokens = 0;       // generated in one
};

// The first spec.num_prompts prompts of an Alpaca file, as the model reads them. DataError where
// there are fewer.
absl::StatusOr<TokenRows> ReadPrompts(const std::string& path, const DecodeTimingSpec& spec,
                                      const DecoderArtifact& model);

absl::StatusOr<DecodeTimes> TimeDecoding(const models::Decoder& decoder, const TokenRows& prompts,
                                         const DecodeTimingSpec& spec, int64_t vocab_size);

}  // namespace bench::harness
