#include "kernels/linear_cross_entropy.h"

#include <algorithm>

#include "kernels/checks.h"
#include "kernels/linear_cross_entropy_kernels.h"
#include "kernels/logit_blocks.h"
#include "kernels/matmul.h"
#include "kernels/parallel.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "LinearCrossEntropy";

enum class Mode { kLoss, kLossAndGradients };

struct Inputs {
  at::Tensor hidden_MD, weight_VD, targets_M;
};

// The rows of a block of logits, and what is wanted of them.
struct Block {
  int64_t first = 0;
  Mode mode = Mode::kLoss;
};

struct Outputs {
  at::Tensor nll_M, correct_M;
  at::Tensor grad_hidden_MD, grad_weight_VD;  // undefined without gradients
};

// Writes nll and correct of rows [first, first + rows); the logits become gradients in that mode.
void ReduceRowsCpu(at::Tensor& logits, const Inputs& inputs, const Block& block,
                   const Outputs& out) {
  const int64_t vocab_size = logits.size(1);
  float* data = logits.mutable_data_ptr<float>();
  const int64_t* targets = inputs.targets_M.const_data_ptr<int64_t>() + block.first;
  float* nll = out.nll_M.mutable_data_ptr<float>() + block.first;
  bool* correct = out.correct_M.mutable_data_ptr<bool>() + block.first;
  ParallelFor({logits.size(0), vocab_size}, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const CrossEntropyRow row{data + i * vocab_size, vocab_size, targets[i]};
      const CrossEntropyRowResult result =
          block.mode == Mode::kLoss ? CrossEntropyForward(row) : CrossEntropyForwardBackward(row);
      nll[i] = result.nll;
      correct[i] = result.correct;
    }
  });
}

void ReduceRowsPlain(at::Tensor& logits, const Inputs& inputs, const Block& block,
                     const Outputs& out) {
  const int64_t rows = logits.size(0);
  const at::Tensor target = inputs.targets_M.narrow(0, block.first, rows).unsqueeze(1);
  const at::Tensor log_probs = at::log_softmax(logits, -1);
  out.nll_M.narrow(0, block.first, rows).copy_(-log_probs.gather(1, target).squeeze(1));
  out.correct_M.narrow(0, block.first, rows).copy_(logits.argmax(-1).eq(target.squeeze(1)));
  if (block.mode == Mode::kLoss) return;
  logits.copy_(log_probs.exp());
  logits.scatter_add_(1, target, at::full_like(target, -1, logits.options()));
}

void ReduceRows(at::Tensor& logits, const Inputs& inputs, const Block& block, const Outputs& out) {
  if (IsCpuFloat(logits)) return ReduceRowsCpu(logits, inputs, block, out);
  ReduceRowsPlain(logits, inputs, block, out);
}

Outputs MakeOutputs(const Inputs& inputs, Mode mode) {
  const auto options = inputs.hidden_MD.options().dtype(TypeOfLogits(inputs.hidden_MD));
  const int64_t num_rows = inputs.hidden_MD.size(0);
  Outputs out{
      at::empty({num_rows}, options), at::empty({num_rows}, options.dtype(at::kBool)), {}, {}};
  if (mode == Mode::kLossAndGradients) {
    out.grad_hidden_MD = at::empty_like(inputs.hidden_MD);
    // The first block of rows brings its own.
    if (num_rows == 0) out.grad_weight_VD = at::zeros_like(inputs.weight_VD);
  }
  return out;
}

Outputs RunBlocks(const Inputs& inputs, Mode mode) {
  Outputs out = MakeOutputs(inputs, mode);
  const int64_t num_rows = inputs.hidden_MD.size(0), vocab_size = inputs.weight_VD.size(0);
  const int64_t block_rows = std::min(LogitBlockRows(vocab_size), num_rows);
  for (int64_t first = 0; first < num_rows; first += block_rows) {
    const int64_t rows = std::min(block_rows, num_rows - first);
    const at::Tensor hidden = inputs.hidden_MD.narrow(0, first, rows);
    at::Tensor logits = MatMulTransposed(hidden, inputs.weight_VD).to(TypeOfLogits(hidden));
    ReduceRows(logits, inputs, {first, mode}, out);
    if (mode == Mode::kLoss) continue;
    logits = logits.to(hidden.scalar_type());
    out.grad_hidden_MD.narrow(0, first, rows).copy_(MatMulTransposed(logits, inputs.weight_VD.t()));
    if (first == 0) {
      out.grad_weight_VD = MatMulTransposed(logits.t(), hidden.t()).to(TypeOfLogits(hidden));
    } else {
      AccumulateMatMulTransposed(logits.t(), hidden.t(), out.grad_weight_VD);
    }
  }
  return out;
}

// In order and in fp64, so that the sum depends on nothing but the rows.
at::Tensor SumInOrder(const at::Tensor& nll_M) {
  if (!IsCpuFloat(nll_M)) return nll_M.sum(at::kDouble).to(nll_M.scalar_type());
  const float* nll = nll_M.const_data_ptr<float>();
  double sum = 0;
  for (int64_t m = 0; m < nll_M.size(0); ++m) sum += static_cast<double>(nll[m]);
  return at::scalar_tensor(sum, nll_M.options());
}

class LinearCrossEntropyFunction : public torch::autograd::Function<LinearCrossEntropyFunction> {
 public:
  static variable_list forward(AutogradContext* ctx, const at::Tensor& hidden_MD,
                               const at::Tensor& weight_VD, const at::Tensor& targets_M) {
    const Outputs out =
        RunBlocks({hidden_MD.contiguous(), weight_VD.contiguous(), targets_M.contiguous()},
                  Mode::kLossAndGradients);
    ctx->save_for_backward({out.grad_hidden_MD, out.grad_weight_VD});
    ctx->mark_non_differentiable({out.nll_M, out.correct_M});
    return {SumInOrder(out.nll_M), out.nll_M, out.correct_M};
  }

  // Scales in place: a second pass would scale twice.
  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    TORCH_CHECK(ctx->saved_data.count("used") == 0, kOp, ": backward can run once");
    ctx->saved_data["used"] = true;
    const variable_list saved = ctx->get_saved_variables();
    return {saved[0].mul_(grads[0]), saved[1].mul_(grads[0]).to(saved[0].scalar_type()),
            at::Tensor()};
  }
};

}  // namespace

CrossEntropy LinearCrossEntropy(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                const at::Tensor& targets_M) {
  CheckHeadInputs(kOp, hidden_MD, weight_VD, targets_M);
  if (at::GradMode::is_enabled() && (hidden_MD.requires_grad() || weight_VD.requires_grad())) {
    const variable_list out = LinearCrossEntropyFunction::apply(hidden_MD, weight_VD, targets_M);
    return {out[0], out[1], out[2]};
  }
  const at::NoGradGuard no_grad;
  const Outputs out = RunBlocks(
      {hidden_MD.contiguous(), weight_VD.contiguous(), targets_M.contiguous()}, Mode::kLoss);
  return {SumInOrder(out.nll_M), out.nll_M, out.correct_M};
}

at::Tensor LinearCrossEntropySum(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                 const at::Tensor& targets_M) {
  return LinearCrossEntropy(hidden_MD, weight_VD, targets_M).loss_sum;
}

}  // namespace bench::kernels
