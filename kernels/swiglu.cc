#include "kernels/swiglu.h"

#include "kernels/checks.h"
#include "kernels/cuda_kernels.h"
#include "kernels/parallel.h"
#include "kernels/swiglu_kernels.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "SwiGlu";

void ForwardCpu(const at::Tensor& gate_NF, const at::Tensor& up_NF, at::Tensor& y_NF) {
  const SwiGluForwardArgs args{gate_NF.const_data_ptr<float>(), up_NF.const_data_ptr<float>(),
                               y_NF.mutable_data_ptr<float>()};
  ParallelFor({y_NF.numel()},
              [&](int64_t begin, int64_t end) { SwiGluForwardElements(args, begin, end); });
}

struct Gradients {
  at::Tensor gate_NF, up_NF;
};

void BackwardCpu(const at::Tensor& grad_NF, const variable_list& saved, Gradients& out) {
  const SwiGluBackwardArgs args{grad_NF.const_data_ptr<float>(), saved[0].const_data_ptr<float>(),
                                saved[1].const_data_ptr<float>(),
                                out.gate_NF.mutable_data_ptr<float>(),
                                out.up_NF.mutable_data_ptr<float>()};
  ParallelFor({grad_NF.numel()},
              [&](int64_t begin, int64_t end) { SwiGluBackwardElements(args, begin, end); });
}

class SwiGluFunction : public torch::autograd::Function<SwiGluFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& gate_NF,
                            const at::Tensor& up_NF) {
    const at::Tensor gate = gate_NF.contiguous(), up = up_NF.contiguous();
    at::Tensor y_NF = at::empty_like(gate);
    if (gate.device().is_cpu()) {
      ForwardCpu(gate, up, y_NF);
    } else {
      LaunchSwiGluForward(gate, up, y_NF);
    }
    ctx->save_for_backward({gate, up});
    return y_NF;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor grad = grads[0].contiguous();
    Gradients out{at::empty_like(saved[0]), at::empty_like(saved[1])};
    if (grad.device().is_cpu()) {
      BackwardCpu(grad, saved, out);
    } else {
      LaunchSwiGluBackward(grad, saved, out.gate_NF, out.up_NF);
    }
    return {out.gate_NF, out.up_NF};
  }
};

}  // namespace

at::Tensor SwiGlu(const at::Tensor& gate_NF, const at::Tensor& up_NF) {
  CheckRank(kOp, gate_NF, 2);
  CheckSameType(kOp, gate_NF, up_NF);
  TORCH_CHECK(gate_NF.sizes() == up_NF.sizes(), kOp, ": gate ", gate_NF.sizes(), " and up ",
              up_NF.sizes(), " differ in shape");
  if (!IsCpuFloat(gate_NF) && !HasCudaKernelFor(gate_NF)) return SwiGluReference(gate_NF, up_NF);
  return SwiGluFunction::apply(gate_NF, up_NF);
}

}  // namespace bench::kernels
