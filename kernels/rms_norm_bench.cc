#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/rms_norm.h"

namespace bench::kernels {
namespace {

constexpr double kEps = 1e-5;

}  // namespace

// Forward, per element: square, sum, times r, times w. Backward: g w, its product with x, sum,
// x times a factor, difference, times r; and g x, times r, sum for the weight.
std::vector<KernelCase> RmsNormCases(const Geometry& geometry) {
  const int64_t n = geometry.num_rows(), d = geometry.hidden;
  KernelCase made = RowCase({"RmsNorm", absl::StrCat("N", n, "D", d), {n, d}, {d}}, geometry);
  made.ours = [](const CaseInputs& in) { return RmsNorm(in.leaves[0], in.leaves[1], kEps); };
  made.aten = [d](const CaseInputs& in) {
    return at::rms_norm(in.leaves[0], {d}, in.leaves[1], kEps);
  };
  made.composed = [](const CaseInputs& in) {
    return RmsNormReference(in.leaves[0], in.leaves[1], kEps);
  };
  made.forward = {4 * Volume({n, d}), 2 * Volume({n, d}) + ToDouble(d)};
  made.backward = {9 * Volume({n, d}), 3 * Volume({n, d}) + 2 * ToDouble(d)};
  return {made};
}

}  // namespace bench::kernels
