#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kernels/bench/kernel_case.h"
#include "kernels/rope.h"

namespace bench::kernels {
namespace {

// The place of each row in its sequence; in decoding the last one.
at::Tensor PositionsOf(const Geometry& geometry) {
  std::vector<int64_t> positions;
  for (const int64_t length : geometry.lengths) {
    const int64_t first = geometry.phase == Phase::kDecoding ? length - 1 : 0;
    for (int64_t i = first; i < length; ++i) positions.push_back(i);
  }
  return at::tensor(positions, at::kLong);
}

}  // namespace

// Three operations an element and direction; the tables are read once.
std::vector<KernelCase> RopeCases(const Geometry& geometry) {
  const int64_t n = geometry.num_rows(), h = geometry.heads, d = geometry.head_dim;
  const int64_t p = *std::max_element(geometry.lengths.begin(), geometry.lengths.end());
  KernelCase made;
  made.kernel = "Rope";
  made.shape = absl::StrCat("N", n, "H", h, "d", d);
  made.experiment = geometry.experiment;
  made.has_own = OwnForCpuFloat;
  made.make_inputs = [=, positions_N = PositionsOf(geometry)](const at::TensorOptions& options) {
    const RopeTables tables = MakeRopeTables({p, d}, 1e4, options);
    return CaseInputs{{RandomLeaf({n, h, d}, options, 1)},
                      {positions_N.to(options.device()), tables.cos_Pd, tables.sin_Pd}};
  };
  made.ours = [](const CaseInputs& in) {
    return Rope(in.leaves[0], in.constants[0], {in.constants[1], in.constants[2]});
  };
  made.composed = [](const CaseInputs& in) {
    return RopeReference(in.leaves[0], in.constants[0], {in.constants[1], in.constants[2]});
  };
  made.forward = made.backward = {3 * Volume({n, h, d}), 2 * Volume({n, h, d}) + Volume({p, d})};
  made.has_backward = geometry.phase == Phase::kTraining;
  return {made};
}

}  // namespace bench::kernels
