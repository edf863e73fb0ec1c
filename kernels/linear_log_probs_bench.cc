#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/linear_log_probs.h"

namespace bench::kernels {

// One product of the head forward and two backward; per logit a comparison, difference,
// exponential, sum, and a product and sum for the entropy; backward an exponential, quotient and
// product. The inputs are read again backward, and two gradients written.
std::vector<KernelCase> LinearLogProbsCases(const Geometry& geometry) {
  if (geometry.num_targets == 0 || geometry.phase == Phase::kDecoding) return {};
  const int64_t m = geometry.num_targets, d = geometry.hidden, v = geometry.vocab;
  KernelCase made;
  made.kernel = "LinearLogProbs";
  made.shape = absl::StrCat("M", m, "D", d, "V", v);
  made.experiment = geometry.experiment;
  made.make_inputs = [m, d, v](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({m, d}, options, 1), RandomLeaf({v, d}, options, 2)},
                      {CyclicTargets(m, v, options.device())}};
  };
  made.ours = [](const CaseInputs& in) {
    return LinearLogProbs(in.leaves[0], in.leaves[1], in.constants[0]).log_probs_M;
  };
  made.composed = [](const CaseInputs& in) {
    return LinearLogProbsReference(in.leaves[0], in.leaves[1], in.constants[0]).log_probs_M;
  };
  const double inputs = Volume({m, d}) + Volume({v, d});
  made.forward = {2 * Volume({m, d, v}) + 6 * Volume({m, v}), inputs + 2 * ToDouble(m)};
  made.backward = {4 * Volume({m, d, v}) + 3 * Volume({m, v}), 2 * inputs + ToDouble(m)};
  return {made};
}

}  // namespace bench::kernels
