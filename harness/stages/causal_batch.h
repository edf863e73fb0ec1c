// A ragged batch with the places that next-token prediction is trained or scored at.
//
// loss sum = sum over targets m of -log softmax(head(hidden[target_rows[m]]))[targets[m]]; the head
// is computed at those rows only. N tokens, M targets, D hidden size (models/ragged_batch.h).
#pragma once

#include "ATen/ATen.h"
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
