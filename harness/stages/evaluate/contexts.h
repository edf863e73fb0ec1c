// How well the same tokens of a text are predicted with more and more of the text before them.
//
// The held-out documents of a shard are one stream of tokens t. A window is a place e in it; with
// the context n = shortest, 2 shortest, ..., longest the model reads t[e - n - 1 .. e - 2], and
// each of these predicts its successor. Recorded, for every n, of all windows together:
//   loss, bits_per_byte, token_accuracy (label context_N)  of the last `scored` targets, which are
//       the same tokens whatever n is: what the model makes of more context, and what of the same
//       tokens with the context cut
//   the table context_positions  loss and accuracy by place, in steps of `scored` tokens from the
//       end on, so that the last step of every context is that of its metrics
// Scored bytes are those that the scored tokens stand for (harness/data/document_tokens.h). Windows
// are spread evenly over the places that score no token twice. Nothing is drawn.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/token_dataset.h"
#include "harness/definition/evaluate_spec.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"
#include "results/metric.h"
#include "results/run_writer.h"

namespace bench::harness {

// The tokens t[e - longest - 1 .. e - 1] of each window. DataError where the text is too short.
absl::StatusOr<std::vector<std::vector<int64_t>>> ContextWindows(
    const std::vector<TokenShard>& shards, const ContextsSpec& spec);

// Sums over windows, by the place of the target in its context.
struct ContextScores {
  std::vector<double> nll_T;  // nats
  std::vector<int64_t> num_correct_T;
  int64_t num_windows = 0;
};

// Scores the last `length` targets of each window. StoppedError once a stop was asked for.
absl::StatusOr<ContextScores> ScoreContext(const models::Decoder& decoder,
                                           const std::vector<std::vector<int64_t>>& windows,
                                           int64_t length);

// Scores part "validation" with every context, records the tables and returns the metrics.
// UsageError where the longest context is more than the decoder's positions.
struct ContextParts {
  const ContextsSpec& spec;
  const TokenDataset& dataset;
  const Tokenizer& tokenizer;
  const models::Decoder& decoder;
  results::RunWriter& writer;
};
absl::StatusOr<std::vector<results::MetricValue>> EvaluateContexts(const ContextParts& parts,
                                                                   int64_t step);

}  // namespace bench::harness
