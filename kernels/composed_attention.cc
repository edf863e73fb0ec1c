#include "kernels/composed_attention.h"

#include <algorithm>
#include <limits>

#include "kernels/checks.h"

namespace bench::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr char kOp[] = "ComposedAttention";
constexpr int64_t kBlockRows = 128;  // queries whose scores exist at once

at::ScalarType SumType(const at::Tensor& x) {
  return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

// Some queries of a span, and the keys that at least one of them sees.
struct QueryBlock {
  int64_t q_begin = 0, num_queries = 0;
  int64_t k_begin = 0, num_keys = 0;
  int64_t first_key = 0;  // position of the first of these keys
  int64_t position = 0;   // of the first query
  int64_t prefix = 0;
};

std::vector<QueryBlock> BlocksOf(const std::vector<AttentionSpan>& spans, int64_t window) {
  std::vector<QueryBlock> blocks;
  for (const AttentionSpan& span : spans) {
    for (int64_t i = 0; i < span.num_queries; i += kBlockRows) {
      const int64_t rows = std::min(kBlockRows, span.num_queries - i);
      const int64_t position = span.num_keys - span.num_queries + i;
      const bool sees_first = window == 0 || span.prefix > 0;
      const int64_t first = sees_first ? 0 : std::max<int64_t>(position - window + 1, 0);
      blocks.push_back({span.q_begin + i, rows, span.k_begin + first,
                        std::max(position + rows, span.prefix) - first, first, position,
                        span.prefix});
    }
  }
  return blocks;
}

// A tensor's rows of one block with one matrix a key/value head: [R, H, d] -> [G, (H / G) R, d].
class Rows {
 public:
  Rows(const at::Tensor& q_NHd, const at::Tensor& k_CGd)
      : num_heads_(q_NHd.size(1)), num_groups_(k_CGd.size(1)), type_(SumType(q_NHd)) {}

  at::Tensor Queries(const at::Tensor& x_NHd, const QueryBlock& block) const {
    const at::Tensor rows = x_NHd.narrow(0, block.q_begin, block.num_queries).to(type_);
    return rows.transpose(0, 1).reshape({num_groups_, -1, x_NHd.size(2)});
  }
  at::Tensor Keys(const at::Tensor& x_CGd, const QueryBlock& block) const {
    return x_CGd.narrow(0, block.k_begin, block.num_keys).to(type_).transpose(0, 1);
  }
  // Back to [R, H, d].
  at::Tensor FromQueries(const at::Tensor& x, const QueryBlock& block) const {
    return x.reshape({num_heads_, block.num_queries, -1}).transpose(0, 1);
  }
  // [G, (H / G) R, K].
  at::Tensor Probabilities(const at::Tensor& q, const at::Tensor& k, const QueryBlock& block,
                           const ScoreForm& form) const {
    at::Tensor scores = at::bmm(q, k.transpose(1, 2)).mul_(form.scale);
    at::Tensor scores_HRK = scores.view({num_heads_, block.num_queries, block.num_keys});
    if (form.bias_HP.defined()) {
      scores_HRK.add_(form.bias_HP.narrow(1, block.first_key, block.num_keys).unsqueeze(1));
    }
    scores_HRK.masked_fill_(Hidden(block, form.window, q.device()),
                            -std::numeric_limits<double>::infinity());
    return at::softmax(scores, -1);
  }

 private:
  static at::Tensor Hidden(const QueryBlock& block, int64_t window, at::Device device) {
    const auto options = at::TensorOptions(device).dtype(at::kLong);
    const at::Tensor keys_K =
        at::arange(block.first_key, block.first_key + block.num_keys, options);
    const at::Tensor positions_R1 =
        at::arange(block.position, block.position + block.num_queries, options).unsqueeze(1);
    at::Tensor hidden_RK = keys_K.gt(positions_R1);
    if (window > 0) hidden_RK.logical_or_(keys_K.le(positions_R1 - window));
    return hidden_RK.logical_and_(keys_K.ge(block.prefix));
  }

  int64_t num_heads_, num_groups_;
  at::ScalarType type_;
};

std::vector<int64_t> Flat(const std::vector<AttentionSpan>& spans) {
  std::vector<int64_t> flat;
  for (const AttentionSpan& s : spans) {
    flat.insert(flat.end(), {s.q_begin, s.num_queries, s.k_begin, s.num_keys, s.prefix});
  }
  return flat;
}

std::vector<AttentionSpan> Spans(const std::vector<int64_t>& flat) {
  std::vector<AttentionSpan> spans;
  for (size_t i = 0; i < flat.size(); i += 5) {
    spans.push_back({flat[i], flat[i + 1], flat[i + 2], flat[i + 3], flat[i + 4]});
  }
  return spans;
}

// What is computed, beside the tensors that have gradients.
struct Task {
  const std::vector<AttentionSpan>& spans;
  const ScoreForm& form;
};

class ComposedAttentionFunction : public torch::autograd::Function<ComposedAttentionFunction> {
 public:
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& q_NHd, const at::Tensor& k_CGd,
                            const at::Tensor& v_CGd, const Task& task) {
    const auto& [spans, form] = task;
    const Rows rows(q_NHd, k_CGd);
    at::Tensor o_NHd = at::empty(q_NHd.sizes(), q_NHd.options());
    for (const QueryBlock& block : BlocksOf(spans, form.window)) {
      const at::Tensor p =
          rows.Probabilities(rows.Queries(q_NHd, block), rows.Keys(k_CGd, block), block, form);
      const at::Tensor o = at::bmm(p, rows.Keys(v_CGd, block));
      o_NHd.narrow(0, block.q_begin, block.num_queries).copy_(rows.FromQueries(o, block));
    }
    ctx->save_for_backward({q_NHd, k_CGd, v_CGd, form.bias_HP});
    ctx->saved_data["spans"] = Flat(spans);
    ctx->saved_data["scale"] = form.scale;
    ctx->saved_data["window"] = form.window;
    return o_NHd;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor &q_NHd = saved[0], &k_CGd = saved[1], &v_CGd = saved[2];
    const ScoreForm form = {ctx->saved_data["scale"].toDouble(), saved[3],
                            ctx->saved_data["window"].toInt()};
    const Rows rows(q_NHd, k_CGd);
    const auto sums = k_CGd.options().dtype(SumType(k_CGd));
    at::Tensor grad_q = at::empty(q_NHd.sizes(), q_NHd.options());
    at::Tensor grad_k = at::zeros(k_CGd.sizes(), sums), grad_v = at::zeros(v_CGd.sizes(), sums);
    const std::vector<AttentionSpan> spans = Spans(ctx->saved_data["spans"].toIntVector());
    for (const QueryBlock& block : BlocksOf(spans, form.window)) {
      const at::Tensor q = rows.Queries(q_NHd, block), k = rows.Keys(k_CGd, block);
      const at::Tensor p = rows.Probabilities(q, k, block, form);
      const at::Tensor grad_o = rows.Queries(grads[0], block);
      rows.Keys(grad_v, block).add_(at::bmm(p.transpose(1, 2), grad_o));
      at::Tensor grad_s = at::bmm(grad_o, rows.Keys(v_CGd, block).transpose(1, 2));
      grad_s.sub_((grad_s * p).sum(-1, /*keepdim=*/true)).mul_(p).mul_(form.scale);
      rows.Keys(grad_k, block).add_(at::bmm(grad_s.transpose(1, 2), q));
      grad_q.narrow(0, block.q_begin, block.num_queries)
          .copy_(rows.FromQueries(at::bmm(grad_s, k), block));
    }
    return {grad_q, grad_k.to(k_CGd.scalar_type()), grad_v.to(v_CGd.scalar_type()), {}};
  }
};

void CheckSpans(const std::vector<AttentionSpan>& spans, int64_t num_queries, int64_t num_keys) {
  int64_t next = 0;
  for (const AttentionSpan& s : spans) {
    TORCH_CHECK(s.q_begin == next && s.num_queries >= 1 && s.num_keys >= s.num_queries &&
                    s.k_begin >= 0 && s.k_begin + s.num_keys <= num_keys && s.prefix >= 0 &&
                    s.prefix <= s.num_keys,
                kOp, ": a span of ", s.num_queries, " queries from ", s.q_begin, " and ",
                s.num_keys, " keys from ", s.k_begin, " (prefix ", s.prefix, ") does not fit");
    next += s.num_queries;
  }
  TORCH_CHECK(next == num_queries, kOp, ": spans of ", next, " queries, there are ", num_queries);
}

void Check(const AttentionInputs& inputs, const std::vector<AttentionSpan>& spans,
           const ScoreForm& form) {
  const auto& [q, k, v] = inputs;
  CheckRank(kOp, q, 3);
  CheckRank(kOp, k, 3);
  CheckSameType(kOp, q, k);
  CheckSameType(kOp, q, v);
  TORCH_CHECK(k.sizes() == v.sizes() && q.size(2) == k.size(2), kOp, ": q ", q.sizes(), ", k ",
              k.sizes(), " and v ", v.sizes(), " do not fit");
  TORCH_CHECK(k.size(1) > 0 && q.size(1) % k.size(1) == 0, kOp, ": ", q.size(1),
              " query heads do not divide into ", k.size(1), " groups");
  CheckSpans(spans, q.size(0), k.size(0));
  TORCH_CHECK(form.window >= 0, kOp, ": a window of ", form.window, " keys");
  if (!form.bias_HP.defined()) return;
  for (const AttentionSpan& s : spans) {
    TORCH_CHECK(form.bias_HP.dim() == 2 && form.bias_HP.size(0) == q.size(1) &&
                    form.bias_HP.size(1) >= s.num_keys && form.bias_HP.scalar_type() == SumType(q),
                kOp, ": bias ", form.bias_HP.sizes(), " does not fit ", q.sizes(), " and ",
                s.num_keys, " keys");
  }
}

}  // namespace

at::Tensor ComposedAttention(const AttentionInputs& inputs, const std::vector<AttentionSpan>& spans,
                             const ScoreForm& form) {
  Check(inputs, spans, form);
  return ComposedAttentionFunction::apply(inputs.q_NHd, inputs.k_NGd, inputs.v_NGd,
                                          Task{spans, form});
}

}  // namespace bench::kernels
