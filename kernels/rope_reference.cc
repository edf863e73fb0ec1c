#include <vector>

#include "kernels/rope.h"

namespace bench::kernels {

at::Tensor RopeReference(const at::Tensor& x_NHd, const at::Tensor& positions_N,
                         const RopeTables& tables) {
  const at::Tensor cos = tables.cos_Pd.index_select(0, positions_N).unsqueeze(1);
  const at::Tensor sin = tables.sin_Pd.index_select(0, positions_N).unsqueeze(1);
  const int64_t half = cos.size(-1), rest = x_NHd.size(-1) - 2 * half;
  const at::Tensor a = x_NHd.narrow(-1, 0, half), b = x_NHd.narrow(-1, half, half);
  std::vector<at::Tensor> parts = {a * cos - b * sin, b * cos + a * sin};
  if (rest > 0) parts.push_back(x_NHd.narrow(-1, 2 * half, rest));
  return at::cat(parts, -1);
}

}  // namespace bench::kernels
