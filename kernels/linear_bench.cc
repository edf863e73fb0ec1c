#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/linear.h"

namespace bench::kernels {
namespace {

struct Widths {
  int64_t inputs, outputs;
};

// One product forward, two backward.
KernelCase CaseOf(const Geometry& geometry, const Widths& widths) {
  const int64_t n = geometry.num_rows(), d = widths.inputs, e = widths.outputs;
  KernelCase made;
  made.kernel = "Linear";
  made.shape = absl::StrCat("N", n, "D", d, "E", e);
  made.experiment = geometry.experiment;
  made.has_own = OwnForCpuFloat;
  made.make_inputs = [n, d, e](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({n, d}, options, 1), RandomLeaf({e, d}, options, 2)}, {}};
  };
  made.ours = [](const CaseInputs& in) { return Linear(in.leaves[0], in.leaves[1]); };
  made.aten = [](const CaseInputs& in) { return at::linear(in.leaves[0], in.leaves[1]); };
  made.composed = [](const CaseInputs& in) { return LinearReference(in.leaves[0], in.leaves[1]); };
  made.forward = {2 * Volume({n, d, e}), Volume({n, d}) + Volume({e, d}) + Volume({n, e})};
  made.backward = {4 * Volume({n, d, e}), 2 * Volume({n, d}) + 2 * Volume({e, d}) + Volume({n, e})};
  made.has_backward = geometry.phase == Phase::kTraining;
  return made;
}

}  // namespace

// Attention's projections, both ways through the feed-forward block, and the head of decoding.
std::vector<KernelCase> LinearCases(const Geometry& geometry) {
  std::vector<KernelCase> cases = {CaseOf(geometry, {geometry.hidden, geometry.hidden}),
                                   CaseOf(geometry, {geometry.hidden, geometry.intermediate}),
                                   CaseOf(geometry, {geometry.intermediate, geometry.hidden})};
  if (geometry.phase == Phase::kDecoding) {
    cases.push_back(CaseOf(geometry, {geometry.hidden, geometry.vocab}));
  }
  return cases;
}

}  // namespace bench::kernels
