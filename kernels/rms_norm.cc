#include "kernels/rms_norm.h"

#include <algorithm>

#include "kernels/checks.h"
#include "kernels/cuda_kernels.h"
#include "kernels/parallel.h"
#include "kernels/rms_norm_kernels.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "RmsNorm";

RmsNormOutputs ForwardCpu(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps) {
  RmsNormOutputs out{at::empty_like(x_ND), at::empty({x_ND.size(0)}, x_ND.options())};
  const RmsNormForwardArgs args{x_ND.const_data_ptr<float>(),
                                weight_D.const_data_ptr<float>(),
                                out.y_ND.mutable_data_ptr<float>(),
                                out.inverse_rms_N.mutable_data_ptr<float>(),
                                x_ND.size(1),
                                static_cast<float>(eps)};
  ParallelFor({x_ND.size(0), x_ND.size(1)},
              [&](int64_t begin, int64_t end) { RmsNormForwardRows(args, begin, end); });
  return out;
}

// {grad_x, grad_weight}. Blocks have fixed rows, so their sums do not depend on the thread count.
variable_list BackwardCpu(const at::Tensor& grad_ND, const variable_list& saved) {
  const at::Tensor &x_ND = saved[0], &weight_D = saved[1], &inverse_rms_N = saved[2];
  const int64_t num_rows = x_ND.size(0), width = x_ND.size(1);
  const int64_t num_blocks = (num_rows + kRmsNormBlockRows - 1) / kRmsNormBlockRows;
  at::Tensor grad_x_ND = at::empty_like(x_ND);
  at::Tensor partial_KD = at::zeros({num_blocks, width}, x_ND.options());
  const RmsNormBackwardArgs args{
      grad_ND.const_data_ptr<float>(),     x_ND.const_data_ptr<float>(),
      weight_D.const_data_ptr<float>(),    inverse_rms_N.const_data_ptr<float>(),
      grad_x_ND.mutable_data_ptr<float>(), width};
  float* partial = partial_KD.mutable_data_ptr<float>();
  ParallelFor({num_blocks, kRmsNormBlockRows * width}, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kRmsNormBlockRows;
      RmsNormBackwardRows(args, first, std::min(first + kRmsNormBlockRows, num_rows),
                          partial + block * width);
    }
  });
  return {grad_x_ND, partial_KD.sum(0)};
}

RmsNormOutputs ForwardCuda(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps) {
  RmsNormOutputs out{at::empty_like(x_ND),
                     at::empty({x_ND.size(0)}, x_ND.options().dtype(at::kFloat))};
  LaunchRmsNormForward(x_ND, weight_D, eps, out);
  return out;
}

variable_list BackwardCuda(const at::Tensor& grad_ND, const variable_list& saved) {
  at::Tensor grad_x_ND = at::empty_like(saved[0]);
  const int64_t num_blocks = (saved[0].size(0) + kRmsNormBlockRows - 1) / kRmsNormBlockRows;
  at::Tensor partial_KD =
      at::empty({num_blocks, saved[0].size(1)}, saved[0].options().dtype(at::kFloat));
  LaunchRmsNormBackward(grad_ND, saved, grad_x_ND, partial_KD);
  return {grad_x_ND, partial_KD.sum(0).to(saved[1].scalar_type())};
}

class RmsNormFunction : public torch::autograd::Function<RmsNormFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_ND,
                            const at::Tensor& weight_D, double eps) {
    const at::Tensor x = x_ND.contiguous(), weight = weight_D.contiguous();
    const RmsNormOutputs out =
        x.device().is_cpu() ? ForwardCpu(x, weight, eps) : ForwardCuda(x, weight, eps);
    ctx->save_for_backward({x, weight, out.inverse_rms_N});
    return out.y_ND;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor grad = grads[0].contiguous();
    variable_list result =
        grad.device().is_cpu() ? BackwardCpu(grad, saved) : BackwardCuda(grad, saved);
    result.emplace_back();
    return result;
  }
};

}  // namespace

at::Tensor RmsNorm(const at::Tensor& x_ND, const at::Tensor& weight_D, double eps) {
  CheckRank(kOp, x_ND, 2);
  CheckRank(kOp, weight_D, 1);
  CheckSameType(kOp, x_ND, weight_D);
  TORCH_CHECK(weight_D.size(0) == x_ND.size(1), kOp, ": weight ", weight_D.sizes(),
              " does not fit rows of ", x_ND.sizes());
  if (!IsCpuFloat(x_ND) && !HasCudaKernelFor(x_ND)) return RmsNormReference(x_ND, weight_D, eps);
  return RmsNormFunction::apply(x_ND, weight_D, eps);
}

}  // namespace bench::kernels
