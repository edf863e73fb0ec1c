#include "models/blocks/linear.h"

#include "kernels/linear.h"

namespace bench::models {

Linear::Linear(const LinearShape& shape, const ParameterScope& scope)
    : shape_(shape), weight_ED_(scope.Take("weight", {shape.out, shape.in}, Initial::kNormal)) {
  if (shape.has_bias) bias_E_ = scope.Take("bias", {shape.out}, Initial::kZeros);
}

at::Tensor Linear::operator()(const at::Tensor& x_ND) const {
  const at::Tensor y_NE = LinearOf(x_ND, weight_ED_);
  return bias_E_.defined() ? y_NE + bias_E_.to(x_ND.scalar_type()) : y_NE;
}

BlockCost Linear::Cost() const {
  const auto weights = static_cast<double>(shape_.in) * static_cast<double>(shape_.out);
  return {.weights = weights, .flops = 2 * weights};
}

at::Tensor LinearOf(const at::Tensor& x_ND, const at::Tensor& weight_ED) {
  return kernels::Linear(x_ND, weight_ED.to(x_ND.scalar_type()));
}

}  // namespace bench::models
