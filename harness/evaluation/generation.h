// The one way in which stages and commands generate text: the tokenizer's ids alone, up to and with
// what ends an answer, given up within a token of a stop signal.
//
// Sequences are decoded together, since every step reads the weights once for all of them: at most
// kMostSequencesTogether, whose keys and values take at most kMostCacheBytes, and at least one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/answer_form.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/generate.h"

namespace bench::harness {

using TokenRows = std::vector<std::vector<int64_t>>;

inline constexpr size_t kMostSequencesTogether = 256;
inline constexpr int64_t kMostCacheBytes = int64_t{1} << 30;

// Greedy, of the default length; answers end as `form` says. `tokenizer` must outlive the options.
models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, const AnswerForm& form);
// `end_token` alone ends them.
models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, int64_t end_token);

// How many of `prompts`, from the first on, are decoded together by a decoder whose elements have
// `element_bytes`.
size_t NumDecodedTogether(const models::DecoderConfig& config, int64_t element_bytes,
                          std::span<const std::vector<int64_t>> prompts, int64_t max_new_tokens);

// Prompts, and the vectors that they begin with, where they do (models/ragged_batch.h).
struct PromptRows {
  const TokenRows& tokens;
  // Of `count` prompts from number `begin` on; empty: none begins with vectors.
  std::function<models::SequenceVectors(size_t begin, size_t count)> vectors;
};

// Of any number of prompts, in their order. `uniform` is asked by the number of the prompt.
// `on_batch`, unless it is empty, learns how many have their answers so far. StoppedError once a
// stop was asked for: what there is so far would be cut short.
absl::StatusOr<std::vector<models::Generation>> GenerateAnswers(
    const models::Decoder& decoder, const PromptRows& prompts,
    const models::GenerationOptions& options, const models::UniformSource& uniform,
    const std::function<void(size_t done)>& on_batch = nullptr);

// Of prompts that begin with no vectors.
inline absl::StatusOr<std::vector<models::Generation>> GenerateAnswers(
    const models::Decoder& decoder, const TokenRows& prompts,
    const models::GenerationOptions& options, const models::UniformSource& uniform,
    const std::function<void(size_t done)>& on_batch = nullptr) {
  return GenerateAnswers(decoder, PromptRows{prompts, nullptr}, options, uniform, on_batch);
}

}  // namespace bench::harness
