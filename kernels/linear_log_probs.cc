#include "kernels/linear_log_probs.h"

#include "kernels/checks.h"
#include "kernels/linear_log_probs_kernels.h"
#include "kernels/logit_blocks.h"
#include "kernels/matmul.h"
#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "LinearLogProbs";

struct Inputs {
  at::Tensor hidden_MD, weight_VD, targets_M;
};

// Calls visit(first row, logits of a block of rows), in the type that they are reduced in.
template <typename Visit>
void ForEachBlock(const Inputs& inputs, const Visit& visit) {
  const int64_t num_rows = inputs.hidden_MD.size(0);
  const int64_t block_rows = std::min(LogitBlockRows(inputs.weight_VD.size(0)), num_rows);
  for (int64_t first = 0; first < num_rows; first += block_rows) {
    const int64_t rows = std::min(block_rows, num_rows - first);
    at::Tensor logits = MatMulTransposed(inputs.hidden_MD.narrow(0, first, rows), inputs.weight_VD)
                            .to(TypeOfLogits(inputs.hidden_MD));
    visit(first, logits);
  }
}

void ForwardCpu(int64_t first, const at::Tensor& logits, const Inputs& inputs,
                const TokenLogProbs& out) {
  const int64_t vocab_size = logits.size(1);
  const float* data = logits.const_data_ptr<float>();
  const int64_t* targets = inputs.targets_M.const_data_ptr<int64_t>() + first;
  float* log_probs = out.log_probs_M.mutable_data_ptr<float>() + first;
  float* entropy = out.entropy_M.mutable_data_ptr<float>() + first;
  ParallelFor({logits.size(0), vocab_size}, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const LogProbResult row = LogProbForward(data + i * vocab_size, vocab_size, targets[i]);
      log_probs[i] = row.log_prob;
      entropy[i] = row.entropy;
    }
  });
}

void ForwardPlain(int64_t first, const at::Tensor& logits, const Inputs& inputs,
                  const TokenLogProbs& out) {
  const int64_t rows = logits.size(0);
  const at::Tensor target = inputs.targets_M.narrow(0, first, rows).unsqueeze(1);
  const at::Tensor log_probs = at::log_softmax(logits, -1);
  out.log_probs_M.narrow(0, first, rows).copy_(log_probs.gather(1, target).squeeze(1));
  out.entropy_M.narrow(0, first, rows).copy_(-(log_probs.exp() * log_probs).sum(1));
}

TokenLogProbs Forward(const Inputs& inputs) {
  const at::NoGradGuard no_grad;
  const auto options =
      inputs.hidden_MD.options().dtype(TypeOfLogits(inputs.hidden_MD)).requires_grad(false);
  TokenLogProbs out = {at::empty({inputs.hidden_MD.size(0)}, options),
                       at::empty({inputs.hidden_MD.size(0)}, options)};
  const auto forward = IsCpuFloat(out.log_probs_M) ? ForwardCpu : ForwardPlain;
  ForEachBlock(inputs, [&](int64_t first, const at::Tensor& logits) {
    forward(first, logits, inputs, out);
  });
  return out;
}

// Replaces the logits of rows [first, ...) by the gradient with respect to them.
void BackwardCpu(int64_t first, at::Tensor& logits, const Inputs& inputs,
                 const at::Tensor& grad_M) {
  const int64_t vocab_size = logits.size(1);
  float* data = logits.mutable_data_ptr<float>();
  const int64_t* targets = inputs.targets_M.const_data_ptr<int64_t>() + first;
  const float* gradients = grad_M.const_data_ptr<float>() + first;
  ParallelFor({logits.size(0), vocab_size}, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      LogProbBackward(data + i * vocab_size, vocab_size, {targets[i], gradients[i]});
    }
  });
}

void BackwardPlain(int64_t first, at::Tensor& logits, const Inputs& inputs,
                   const at::Tensor& grad_M) {
  const int64_t rows = logits.size(0);
  const at::Tensor target = inputs.targets_M.narrow(0, first, rows).unsqueeze(1);
  const at::Tensor gradient = grad_M.narrow(0, first, rows).unsqueeze(1);
  logits.copy_(at::softmax(logits, -1) * -gradient);
  logits.scatter_add_(1, target, gradient);
}

class LinearLogProbsFunction : public torch::autograd::Function<LinearLogProbsFunction> {
 public:
  static variable_list forward(AutogradContext* ctx, const at::Tensor& hidden_MD,
                               const at::Tensor& weight_VD, const at::Tensor& targets_M) {
    const TokenLogProbs out = Forward({hidden_MD, weight_VD, targets_M});
    ctx->save_for_backward({hidden_MD, weight_VD, targets_M});
    ctx->mark_non_differentiable({out.entropy_M});
    return {out.log_probs_M, out.entropy_M};
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    const Inputs inputs = {saved[0], saved[1], saved[2]};
    const at::Tensor grad_M = grads[0].contiguous();
    at::Tensor grad_hidden_MD = at::empty_like(inputs.hidden_MD);
    at::Tensor grad_weight_VD;
    const auto to_gradients = IsCpuFloat(grad_M) ? BackwardCpu : BackwardPlain;
    ForEachBlock(inputs, [&](int64_t first, at::Tensor& logits) {
      const int64_t rows = logits.size(0);
      to_gradients(first, logits, inputs, grad_M);
      const at::Tensor hidden = inputs.hidden_MD.narrow(0, first, rows);
      logits = logits.to(hidden.scalar_type());
      grad_hidden_MD.narrow(0, first, rows).copy_(MatMulTransposed(logits, inputs.weight_VD.t()));
      if (first == 0) {
        grad_weight_VD = MatMulTransposed(logits.t(), hidden.t()).to(TypeOfLogits(hidden));
      } else {
        AccumulateMatMulTransposed(logits.t(), hidden.t(), grad_weight_VD);
      }
    });
    if (!grad_weight_VD.defined()) grad_weight_VD = at::zeros_like(inputs.weight_VD);
    return {grad_hidden_MD, grad_weight_VD.to(inputs.weight_VD.scalar_type()), at::Tensor()};
  }
};

}  // namespace

TokenLogProbs LinearLogProbs(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                             const at::Tensor& targets_M) {
  CheckHeadInputs(kOp, hidden_MD, weight_VD, targets_M);
  const Inputs inputs = {hidden_MD.contiguous(), weight_VD.contiguous(), targets_M.contiguous()};
  if (!at::GradMode::is_enabled() || !(hidden_MD.requires_grad() || weight_VD.requires_grad())) {
    return Forward(inputs);
  }
  const variable_list out =
      LinearLogProbsFunction::apply(inputs.hidden_MD, inputs.weight_VD, inputs.targets_M);
  return {out[0], out[1]};
}

}  // namespace bench::kernels
