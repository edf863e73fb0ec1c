// The one way in which stages and commands generate text: the tokenizer's ids alone, up to and with
// the end token, given up within a token of a stop signal.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/generate.h"

namespace bench::harness {

// Greedy, of the default length; `end_token` ends an answer.
models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, int64_t end_token);

// StoppedError once a stop was asked for: what there is so far would be cut short.
absl::StatusOr<std::vector<models::Generation>> GenerateAnswers(
    const models::Decoder& decoder, const std::vector<std::vector<int64_t>>& prompts,
    const models::GenerationOptions& options, const models::UniformSource& uniform);

}  // namespace bench::harness
