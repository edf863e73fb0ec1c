#include "models/scalar_head.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::models {

ScalarHead::ScalarHead(const at::Tensor& weight_1D, double bias, const at::TensorOptions& options) {
  const at::TensorOptions plain = options.requires_grad(false);
  const at::Tensor weight = weight_1D.detach().to(plain, /*non_blocking=*/false, /*copy=*/true);
  parameters_ = {{kScoreWeight, weight.contiguous().set_requires_grad(true)},
                 {kScoreBias, at::full({1}, bias, plain).set_requires_grad(true)}};
}

ScalarHead ScalarHead::Create(int64_t hidden_size, at::Generator generator,
                              const at::TensorOptions& options) {
  const at::NoGradGuard no_grad;
  const double std = 1 / std::sqrt(static_cast<double>(hidden_size) + 1);
  const at::Tensor weight_1D = at::empty({1, hidden_size}, at::kFloat);
  return {weight_1D.normal_(0, std, generator), /*bias=*/0, options};
}

absl::StatusOr<ScalarHead> ScalarHead::FromWeights(const at::Tensor& weight_1D, double bias,
                                                   int64_t hidden_size,
                                                   const at::TensorOptions& options) {
  if (!weight_1D.is_floating_point() || weight_1D.sizes() != at::IntArrayRef({1, hidden_size})) {
    return DataError(absl::StrCat("tensor ", kScoreWeight, " is not a floating [1, ", hidden_size,
                                  "] (a reward model has one label)"));
  }
  return ScalarHead(weight_1D, bias, options);
}

ScalarHead ScalarHead::CopyIn(at::ScalarType type) const {
  return {weight_1D(), bias(), weight_1D().options().dtype(type)};
}

at::Tensor ScalarHead::Score(const at::Tensor& hidden_MD) const {
  TORCH_CHECK(hidden_MD.dim() == 2 && hidden_MD.size(1) == weight_1D().size(1),
              "ScalarHead: hidden ", hidden_MD.sizes(), " for a weight ", weight_1D().sizes());
  const at::ScalarType type = hidden_MD.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  // Row by row, not a matrix product: those choose their order of sums by the number of rows.
  return (hidden_MD.to(type) * weight_1D().to(type)).sum(1) + parameters_[1].tensor.to(type);
}

void ScalarHead::set_bias(double bias) {
  const at::NoGradGuard no_grad;
  parameters_[1].tensor.fill_(bias);
}

}  // namespace bench::models
