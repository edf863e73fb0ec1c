#include "kernels/linear.h"

#include "kernels/checks.h"
#include "kernels/matmul.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "Linear";

class LinearFunction : public torch::autograd::Function<LinearFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_ND,
                            const at::Tensor& weight_ED) {
    ctx->save_for_backward({x_ND, weight_ED});
    return MatMulTransposed(x_ND, weight_ED);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor grad_NE = grads[0].contiguous();
    variable_list result(2);
    if (ctx->needs_input_grad(0)) result[0] = MatMulTransposed(grad_NE, saved[1].t());
    if (ctx->needs_input_grad(1)) result[1] = MatMulTransposed(grad_NE.t(), saved[0].t());
    return result;
  }
};

}  // namespace

at::Tensor Linear(const at::Tensor& x_ND, const at::Tensor& weight_ED) {
  CheckRank(kOp, x_ND, 2);
  CheckRank(kOp, weight_ED, 2);
  CheckSameType(kOp, x_ND, weight_ED);
  TORCH_CHECK(x_ND.size(1) == weight_ED.size(1), kOp, ": x ", x_ND.sizes(), " and weight ",
              weight_ED.sizes(), " do not fit");
  return LinearFunction::apply(x_ND, weight_ED);
}

}  // namespace bench::kernels
