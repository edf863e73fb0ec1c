#include "kernels/rope.h"

namespace bench::kernels {

at::Tensor RopeReference(const at::Tensor& x_NHd, const at::Tensor& positions_N,
                         const RopeTables& tables) {
  const at::Tensor cos = tables.cos_Pd.index_select(0, positions_N).unsqueeze(1);
  const at::Tensor sin = tables.sin_Pd.index_select(0, positions_N).unsqueeze(1);
  const auto halves = x_NHd.chunk(2, -1);
  return at::cat({halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin}, -1);
}

}  // namespace bench::kernels
