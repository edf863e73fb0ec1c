#include <optional>

#include "kernels/bench/kernel_case.h"
#include "kernels/linear_log_probs.h"

namespace bench::kernels {

// One product of the head forward and two backward; per logit a comparison, difference,
// exponential, sum, and a product and sum for the entropy; backward an exponential, quotient and
// product. The inputs are read again backward, and two gradients written.
std::vector<KernelCase> LinearLogProbsCases(const Geometry& geometry) {
  std::optional<KernelCase> found = HeadCase("LinearLogProbs", geometry);
  if (!found) return {};
  KernelCase& made = *found;
  made.ours = [](const CaseInputs& in) {
    return LinearLogProbs(in.leaves[0], in.leaves[1], in.constants[0]).log_probs_M;
  };
  made.composed = [](const CaseInputs& in) {
    return LinearLogProbsReference(in.leaves[0], in.leaves[1], in.constants[0]).log_probs_M;
  };
  const int64_t m = geometry.num_targets, d = geometry.hidden, v = geometry.vocab;
  const double inputs = Volume({m, d}) + Volume({v, d});
  made.forward = {2 * Volume({m, d, v}) + 6 * Volume({m, v}), inputs + 2 * ToDouble(m)};
  made.backward = {4 * Volume({m, d, v}) + 3 * Volume({m, v}), 2 * inputs + ToDouble(m)};
  return {made};
}

}  // namespace bench::kernels
