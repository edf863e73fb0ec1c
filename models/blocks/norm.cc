#include "models/blocks/norm.h"

#include <variant>

#include "kernels/rms_norm.h"

namespace bench::models {
namespace {

constexpr double kFp32Bytes = 4;

struct Apply {
  const at::Tensor &x_ND, &weight_D, &bias_D;
  double eps;

  at::Tensor operator()(const RmsNorm&) const { return kernels::RmsNorm(x_ND, weight_D, eps); }
  at::Tensor operator()(const LayerNorm&) const {
    return at::layer_norm(x_ND, {x_ND.size(-1)}, weight_D, bias_D.to(x_ND.scalar_type()), eps);
  }
};

// 1 / rms in fp32, and the reference an fp32 input; mean and 1 / std in fp32, of which LibTorch's
// bf16 on the CPU keeps bf16.
struct CostOf {
  const CostSetting& setting;
  double width;

  BlockCost operator()(const RmsNorm&) const {
    const bool reference = setting.kernels == KernelSet::kReference;
    return {.kept_bytes = kFp32Bytes + (reference ? kFp32Bytes * width : 0), .weights = width};
  }
  BlockCost operator()(const LayerNorm&) const {
    const bool reference = setting.kernels == KernelSet::kReference;
    return {.kept_bytes = 2 * (reference ? setting.element_bytes : kFp32Bytes),
            .weights = 2 * width};
  }
};

}  // namespace

Norm::Norm(const NormConfig& config, int64_t width, const ParameterScope& scope)
    : config_(config), width_(width), weight_D_(scope.Take("weight", {width}, Initial::kOnes)) {
  if (std::holds_alternative<LayerNorm>(config.kind)) {
    bias_D_ = scope.Take("bias", {width}, Initial::kZeros);
  }
}

at::Tensor Norm::operator()(const at::Tensor& x_ND) const {
  const at::Tensor weight_D = weight_D_.to(x_ND.scalar_type());
  return std::visit(Apply{x_ND, weight_D, bias_D_, config_.eps}, config_.kind);
}

bool Norm::KeepsInput(const CostSetting& setting) const {
  return std::holds_alternative<LayerNorm>(config_.kind) ||
         setting.kernels != KernelSet::kReference;
}

BlockCost Norm::Cost(const CostSetting& setting) const {
  return std::visit(CostOf{setting, static_cast<double>(width_)}, config_.kind);
}

}  // namespace bench::models
