#include "models/recompute.h"

#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace bench::models {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct BlockHolder : torch::CustomClassHolder {
  explicit BlockHolder(Block held) : block(std::move(held)) {}
  Block block;
};

constexpr char kBlock[] = "block";

class RecomputeFunction : public torch::autograd::Function<RecomputeFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& h_ND,
                            const c10::intrusive_ptr<BlockHolder>& holder) {
    ctx->save_for_backward({h_ND});
    ctx->saved_data[kBlock] = c10::IValue::make_capsule(holder);
    return holder->block(h_ND);  // without a graph
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const auto holder =
        c10::static_intrusive_pointer_cast<BlockHolder>(ctx->saved_data[kBlock].toCapsule());
    const at::Tensor h_ND = ctx->get_saved_variables()[0].detach().set_requires_grad(true);
    const at::AutoGradMode with_graph(true);
    // Gradients of the parameters are added to theirs here, that of the input is handed on.
    torch::autograd::backward({holder->block(h_ND)}, {grads[0]});
    return {h_ND.grad(), at::Tensor()};
  }
};

}  // namespace

at::Tensor Recompute(Block block, const at::Tensor& h_ND) {
  if (!at::GradMode::is_enabled()) return block(h_ND);
  TORCH_CHECK(h_ND.requires_grad(), "Recompute: the input must require a gradient");
  return RecomputeFunction::apply(h_ND, c10::make_intrusive<BlockHolder>(std::move(block)));
}

}  // namespace bench::models
