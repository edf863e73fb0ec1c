#include "harness/stages/causal_batch.h"

namespace bench::harness {
namespace {

at::Tensor TargetStates(const models::Decoder& decoder, const CausalBatch& batch,
                        models::Activations activations) {
  return decoder.Hidden(batch.inputs, activations).index_select(0, batch.target_rows_M);
}

}  // namespace

at::Tensor CausalLossSum(const models::Decoder& decoder, const CausalBatch& batch,
                         models::Activations activations) {
  return kernels::LinearCrossEntropySum(TargetStates(decoder, batch, activations),
                                        decoder.head_weight_VD(), batch.targets_M);
}

void TokenScores::operator+=(const TokenScores& other) {
  nll_sum += other.nll_sum;
  num_correct += other.num_correct;
  num_tokens += other.num_tokens;
}

TokenScores ScoreTargets(const models::Decoder& decoder, const CausalBatch& batch) {
  const at::NoGradGuard no_grad;
  const kernels::CrossEntropy result =
      kernels::LinearCrossEntropy(TargetStates(decoder, batch, models::Activations::kKept),
                                  decoder.head_weight_VD(), batch.targets_M);
  return {result.nll_M.sum(at::kDouble).item<double>(), result.correct_M.sum().item<double>(),
          static_cast<double>(batch.targets_M.numel())};
}

}  // namespace bench::harness
