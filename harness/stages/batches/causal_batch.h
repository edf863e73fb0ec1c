// A ragged batch with the places that next-token prediction is trained or scored at.
//
// loss sum = sum over targets m of -log softmax(head(hidden[target_rows[m]]))[targets[m]]; the head
// is computed at those rows only. N tokens, M targets, D hidden size (models/ragged_batch.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ATen/ATen.h"
#include "harness/data/prompt.h"
#include "harness/definition/sft_spec.h"
#include "harness/definition/training_spec.h"
#include "kernels/linear_cross_entropy.h"
#include "models/decoder.h"
#include "models/ragged_batch.h"

namespace bench::harness {

inline models::Activations ActivationsOf(const TrainingSpec& training) {
  return training.recompute_activations ? models::Activations::kRecomputed
                                        : models::Activations::kKept;
}

struct CausalBatch {
  models::RaggedBatch inputs;
  at::Tensor target_rows_M;  // rows of the hidden states that predict a target
  at::Tensor targets_M;      // the tokens there
};

// A row of tokens whose first ones are a prompt, which is not trained on.
struct PromptedRow {
  const std::vector<int64_t>* tokens;
  int64_t num_prompt_tokens = 0;  // at least one
  bool reads_last = false;        // the last token is read too, for the state behind it
  std::span<const TokenSpan> earlier_targets = {};  // within the prompt, none at its first token
};
// Every row, one after the other, without its last token unless that is read; padded on the right
// to the longest if asked for. Targets are the tokens behind the prompts and, before them, those of
// the earlier targets.
CausalBatch MakeCausalBatch(const std::vector<PromptedRow>& rows, Packing packing,
                            at::Device device);

// [M, D], the hidden states that predict the targets, with their graph.
at::Tensor TargetStates(const models::Decoder& decoder, const CausalBatch& batch,
                        models::Activations activations);

// With its graph.
at::Tensor CausalLossSum(const models::Decoder& decoder, const CausalBatch& batch,
                         models::Activations activations);

// What a model gives held-out targets.
struct TokenScores {
  double nll_sum = 0;  // nats
  double num_correct = 0;
  double num_tokens = 0;

  void operator+=(const TokenScores& other);
};
TokenScores ScoreTargets(const models::Decoder& decoder, const CausalBatch& batch);

}  // namespace bench::harness
