#include <optional>

#include "kernels/bench/kernel_case.h"
#include "kernels/linear_cross_entropy.h"

namespace bench::kernels {
namespace {

at::Tensor AtenLoss(const CaseInputs& in) {
  return at::cross_entropy_loss(at::linear(in.leaves[0], in.leaves[1]), in.constants[0],
                                /*weight=*/{}, at::Reduction::Sum);
}

}  // namespace

// One product of the head forward and two backward; per logit a comparison, difference,
// exponential and sum, and backward a quotient. Logits need not reach memory.
std::vector<KernelCase> LinearCrossEntropyCases(const Geometry& geometry) {
  std::optional<KernelCase> found = HeadCase("LinearCrossEntropy", geometry);
  if (!found) return {};
  KernelCase& made = *found;
  made.ours = [](const CaseInputs& in) {
    return LinearCrossEntropy(in.leaves[0], in.leaves[1], in.constants[0]).loss_sum;
  };
  made.aten = AtenLoss;
  made.composed = [](const CaseInputs& in) {
    return LinearCrossEntropyReference(in.leaves[0], in.leaves[1], in.constants[0]).loss_sum;
  };
  const int64_t m = geometry.num_targets, d = geometry.hidden, v = geometry.vocab;
  const double inputs = Volume({m, d}) + Volume({v, d});
  made.forward = {2 * Volume({m, d, v}) + 4 * Volume({m, v}), inputs};
  made.backward = {4 * Volume({m, d, v}) + Volume({m, v}), inputs};
  return {made};
}

}  // namespace bench::kernels
