// Batched generation with a key/value cache.
//
// The prompts are read in one ragged prefill; then each step decodes one token of every unfinished
// sequence. A sequence leaves the batch after `stop_token`, `max_new_tokens`, or when its context
// is full (max_positions). The cache is allocated once. Sampling: p = softmax(logits /
// temperature), kept tokens = the top_k most likely, then the smallest most-likely-first prefix of
// those whose probability (renormalised after top_k) reaches top_p; the token is drawn by inverting
// the cumulative distribution over kept tokens, in order of their ids, at the caller's uniform
// number. log_probs are of softmax(logits / temperature) over the ids below vocab_size (temperature
// 1 when greedy): equal to a full forward's over these rows of the head up to rounding.
// Other ids are never chosen, and have no probability. Keys, values and products are in the type
// that the decoder computes in: where its parameters are of another, as with autocast, a copy of
// them in that type lives as long as the call. Log-probabilities and choices are made in fp32.
// Every sequence draws once a token from its own stream, so the batch never changes its draws; nor
// do threads, which share the choice of tokens by sequences.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/decoder.h"

namespace bench::models {

struct GenerationOptions {
  // Nobody generates without saying which ids mean something.
  explicit GenerationOptions(int64_t ids) : vocab_size(ids) {}

  // Ids that mean something are those below it (the tokenizer's): published models have more rows,
  // for speed. More than the model has: all of its rows.
  int64_t vocab_size;
  int64_t max_new_tokens = 64;
  double temperature = 0;  // 0: greedy (the most likely token, lower id on ties; nothing is drawn)
  int64_t top_k = 0;       // 0: all
  double top_p = 1;        // 1: all
  std::optional<int64_t> stop_token;  // included in the result when generated
  // Whether a sequence with these tokens is complete, asked behind each of them, from several
  // threads: for ends that no single token is. Empty: never.
  std::function<bool(const std::vector<int64_t>& tokens)> is_complete;
  // Asked before each token; when true, Generate returns what there is so far. Empty: never.
  std::function<bool()> cancelled;
};

struct Generation {
  std::vector<int64_t> tokens;   // without the prompt
  std::vector<float> log_probs;  // one a token
  bool stopped = false;          // ended with stop_token, or is complete
};

// Returns a number in [0, 1) for the next draw of `sequence` (index into the prompts); the caller
// owns the generators. Never called when greedy.
using UniformSource = std::function<double(int64_t sequence)>;

// `prompts` must be non-empty rows within max_positions (TORCH_CHECK). `vectors` are what they
// begin with, if anything (ragged_batch.h).
std::vector<Generation> Generate(const Decoder& decoder,
                                 const std::vector<std::vector<int64_t>>& prompts,
                                 const GenerationOptions& options, const UniformSource& uniform,
                                 const SequenceVectors& vectors = {});

}  // namespace bench::models
