#include "kernels/ragged_attention.h"

#include <ATen/Parallel.h>

#include "kernels/checks.h"
#include "kernels/ragged_attention_kernels.h"
#include "kernels/task_split.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "RaggedAttention";

std::vector<AttentionTask> MakeTasks(const std::vector<int64_t>& offsets, int64_t num_kv_heads) {
  std::vector<AttentionTask> tasks;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) {
    for (int64_t g = 0; g < num_kv_heads; ++g) {
      tasks.push_back({offsets[b], offsets[b + 1] - offsets[b], g});
    }
  }
  return tasks;
}

template <typename Run>
void RunTasks(const std::vector<AttentionTask>& tasks, int64_t head_dim, const Run& run) {
  std::vector<double> flops;
  for (const AttentionTask& task : tasks) {
    const auto length = static_cast<double>(task.length);
    // Scores and sums of values of half a square, and a share linear in the length.
    flops.push_back(2 * static_cast<double>(head_dim) * length * (length + 64));
  }
  std::vector<std::vector<float>> scratch(static_cast<size_t>(at::get_num_threads()));
  RunBalanced(flops, [&](int64_t task, int64_t slot) {
    run(tasks[static_cast<size_t>(task)], scratch[static_cast<size_t>(slot)]);
  });
}

AttentionForwardArgs ForwardArgs(const variable_list& tensors) {
  const at::Tensor &q = tensors[0], &k = tensors[1], &v = tensors[2];
  return {{q.size(1), k.size(1), q.size(2)},
          q.const_data_ptr<float>(),
          k.const_data_ptr<float>(),
          v.const_data_ptr<float>(),
          tensors[3].mutable_data_ptr<float>(),
          tensors[4].mutable_data_ptr<float>()};
}

class RaggedAttentionFunction : public torch::autograd::Function<RaggedAttentionFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& q_NHd, const at::Tensor& k_NGd,
                            const at::Tensor& v_NGd, const std::vector<int64_t>& offsets) {
    const at::Tensor q = q_NHd.contiguous();
    const variable_list tensors = {q, k_NGd.contiguous(), v_NGd.contiguous(), at::empty_like(q),
                                   at::empty({q.size(0), q.size(1)}, q.options())};
    const AttentionForwardArgs args = ForwardArgs(tensors);
    RunTasks(MakeTasks(offsets, k_NGd.size(1)), q.size(2),
             [&](const AttentionTask& task, auto& scratch) {
               AttentionForwardTask(args, task, scratch);
             });
    ctx->save_for_backward(tensors);
    ctx->saved_data["offsets"] = offsets;
    return tensors[3];
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list tensors = ctx->get_saved_variables();
    const at::Tensor grad_o = grads[0].contiguous();
    variable_list result = {at::empty_like(tensors[0]), at::empty_like(tensors[1]),
                            at::empty_like(tensors[2]), at::Tensor()};
    const AttentionBackwardArgs args{
        ForwardArgs(tensors), grad_o.const_data_ptr<float>(), result[0].mutable_data_ptr<float>(),
        result[1].mutable_data_ptr<float>(), result[2].mutable_data_ptr<float>()};
    const std::vector<int64_t> offsets = ctx->saved_data["offsets"].toIntVector();
    RunTasks(MakeTasks(offsets, tensors[1].size(1)), tensors[0].size(2),
             [&](const AttentionTask& task, auto& scratch) {
               AttentionBackwardTask(args, task, scratch);
             });
    return result;
  }
};

// [B T, H, d] of sequences of one length -> [B, H, T, d].
at::Tensor PerSequence(const at::Tensor& x_NHd, int64_t length) {
  return x_NHd.unflatten(0, {-1, length}).transpose(1, 2);
}

// LibTorch's fused attention, for what is not fp32 on the CPU; neighbours of one length together.
at::Tensor ScaledDotProducts(const AttentionInputs& inputs, const std::vector<int64_t>& offsets) {
  const auto& [q_NHd, k_NGd, v_NGd] = inputs;
  const bool grouped = q_NHd.size(1) != k_NGd.size(1);
  std::vector<at::Tensor> outputs;
  for (size_t b = 0, end = 0; b + 1 < offsets.size(); b = end) {
    const int64_t length = offsets[b + 1] - offsets[b];
    for (end = b + 1; end + 1 < offsets.size() && offsets[end + 1] - offsets[end] == length;) ++end;
    const auto part = [&, first = offsets[b],
                       rows = offsets[end] - offsets[b]](const at::Tensor& x) {
      return PerSequence(x.narrow(0, first, rows), length);
    };
    outputs.push_back(at::scaled_dot_product_attention(part(q_NHd), part(k_NGd), part(v_NGd), {},
                                                       /*dropout_p=*/0, /*is_causal=*/true,
                                                       /*scale=*/std::nullopt, grouped)
                          .transpose(1, 2)
                          .flatten(0, 1));
  }
  return at::cat(outputs, 0);
}

void Check(const AttentionInputs& inputs, const std::vector<int64_t>& offsets) {
  const auto& [q, k, v] = inputs;
  CheckRank(kOp, q, 3);
  CheckRank(kOp, k, 3);
  CheckSameType(kOp, q, k);
  CheckSameType(kOp, q, v);
  TORCH_CHECK(k.sizes() == v.sizes() && q.size(0) == k.size(0) && q.size(2) == k.size(2), kOp,
              ": q ", q.sizes(), ", k ", k.sizes(), " and v ", v.sizes(), " do not fit");
  TORCH_CHECK(k.size(1) > 0 && q.size(1) % k.size(1) == 0, kOp, ": ", q.size(1),
              " query heads do not divide into ", k.size(1), " groups");
  CheckOffsets(kOp, offsets, q.size(0));
}

}  // namespace

at::Tensor RaggedAttention(const AttentionInputs& inputs, const std::vector<int64_t>& offsets) {
  Check(inputs, offsets);
  if (inputs.q_NHd.scalar_type() == at::kDouble) return RaggedAttentionReference(inputs, offsets);
  if (!IsCpuFloat(inputs.q_NHd)) return ScaledDotProducts(inputs, offsets);
  return RaggedAttentionFunction::apply(inputs.q_NHd, inputs.k_NGd, inputs.v_NGd, offsets);
}

}  // namespace bench::kernels
