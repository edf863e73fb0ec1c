#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/swiglu.h"

namespace bench::kernels {

// Forward, per element: exponential, sum and quotient of the sigmoid, two products. Backward: the
// sigmoid, silu, its product with g for `up`; g up s (1 + z (1 - s)) for the gate: six.
std::vector<KernelCase> SwiGluCases(const Geometry& geometry) {
  const int64_t n = geometry.num_rows(), f = geometry.intermediate;
  KernelCase made = RowCase({"SwiGlu", absl::StrCat("N", n, "F", f), {n, f}, {n, f}}, geometry);
  made.ours = [](const CaseInputs& in) { return SwiGlu(in.leaves[0], in.leaves[1]); };
  made.aten = [](const CaseInputs& in) { return at::silu(in.leaves[0]) * in.leaves[1]; };
  made.composed = [](const CaseInputs& in) { return SwiGluReference(in.leaves[0], in.leaves[1]); };
  made.forward = {5 * Volume({n, f}), 3 * Volume({n, f})};
  made.backward = {11 * Volume({n, f}), 5 * Volume({n, f})};
  return {made};
}

}  // namespace bench::kernels
