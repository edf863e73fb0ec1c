#include "kernels/rms_norm.h"

namespace bench::kernels {

at::Tensor RmsNormReference(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps) {
  const auto accumulate = x_ND.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const at::Tensor x = x_ND.to(accumulate);
  const at::Tensor inverse_rms = at::rsqrt(x.square().mean(-1, /*keepdim=*/true) + eps);
  return (x * inverse_rms).to(x_ND.scalar_type()) * weight_D;
}

}  // namespace bench::kernels
