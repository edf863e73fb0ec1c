#include <algorithm>
#include <cmath>

#include "kernels/cpu_dispatch.h"
#include "kernels/gemm.h"
#include "kernels/ragged_attention_kernels.h"
#include "kernels/vector_math.h"

namespace bench::kernels {
namespace {

constexpr int64_t kBlockQueries = 64;

// A block of queries [first, first + rows) of one sequence; keys [0, first + rows) are visible.
struct Block {
  int64_t first = 0;
  int64_t rows = 0;
  int64_t keys() const { return first + rows; }
};

// Turns scores [rows, keys] into probabilities: row i sees keys 0 .. first + i, the rest get 0.
BENCH_CPU_VARIANTS
void CausalSoftmax(float* scores, const Block& block, float* log_sum_exp, int64_t lse_stride) {
  const int64_t keys = block.keys();
  for (int64_t i = 0; i < block.rows; ++i) {
    float* __restrict row = scores + i * keys;
    const int64_t visible = block.first + i + 1;
    float largest = row[0];
#pragma omp simd reduction(max : largest)
    for (int64_t j = 0; j < visible; ++j) largest = largest > row[j] ? largest : row[j];
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < visible; ++j) {
      const float e = Exp(row[j] - largest);
      row[j] = e;
      sum += e;
    }
    const float scale = 1.0F / sum;
#pragma omp simd
    for (int64_t j = 0; j < visible; ++j) row[j] *= scale;
    std::fill(row + visible, row + keys, 0.0F);
    log_sum_exp[i * lse_stride] = largest + std::log(sum);
  }
}

// Scores to probabilities with the saved log-sum-exp.
BENCH_CPU_VARIANTS
void CausalProbabilities(float* scores, const Block& block, const float* log_sum_exp,
                         int64_t lse_stride) {
  const int64_t keys = block.keys();
  for (int64_t i = 0; i < block.rows; ++i) {
    float* __restrict row = scores + i * keys;
    const int64_t visible = block.first + i + 1;
    const float lse = log_sum_exp[i * lse_stride];
#pragma omp simd
    for (int64_t j = 0; j < visible; ++j) row[j] = Exp(row[j] - lse);
    std::fill(row + visible, row + keys, 0.0F);
  }
}

BENCH_CPU_VARIANTS
float Dot(const float* __restrict a, const float* __restrict b, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// grad_p becomes the gradient of the scores, p * (grad_p - delta); 0 where p is.
BENCH_CPU_VARIANTS
void ScoreGradientRow(const float* __restrict p, float delta, float* __restrict grad_p,
                      int64_t keys) {
#pragma omp simd
  for (int64_t j = 0; j < keys; ++j) grad_p[j] = p[j] * (grad_p[j] - delta);
}

struct HeadView {
  int64_t q_offset = 0;   // of the head's rows in q, o and their gradients
  int64_t kv_offset = 0;  // in k, v and theirs
  int64_t lse_offset = 0;
  float scale = 0;
};

HeadView ViewOf(const AttentionShape& shape, const AttentionTask& task, int64_t head_in_group) {
  const int64_t head = task.kv_head * shape.group() + head_in_group;
  return {task.begin * shape.q_stride() + head * shape.head_dim,
          task.begin * shape.kv_stride() + task.kv_head * shape.head_dim,
          task.begin * shape.num_heads + head,
          1.0F / std::sqrt(static_cast<float>(shape.head_dim))};
}

// scores [rows, keys] = scale * Q K^T.
void Scores(const AttentionForwardArgs& args, const HeadView& head, const Block& block,
            float* scores) {
  const AttentionShape& shape = args.shape;
  Gemm({block.rows, block.keys(), shape.head_dim, head.scale},
       {args.q + head.q_offset + block.first * shape.q_stride(), shape.q_stride()},
       {args.k + head.kv_offset, shape.kv_stride(), Transpose::kYes}, {scores, block.keys()});
}

// The buffers of one block in the backward.
struct BlockBuffers {
  float* p = nullptr;       // probabilities [rows, keys]
  float* grad_s = nullptr;  // gradient of p, then of the scores
  // 0 for the first block, which reaches all keys; 1 for those that add to grad_k and grad_v.
  float kv_beta = 1;
};

void ScoreGradients(const AttentionBackwardArgs& args, const HeadView& head, const Block& block,
                    const BlockBuffers& buffers) {
  const AttentionShape& shape = args.forward.shape;
  const int64_t q_offset = head.q_offset + block.first * shape.q_stride(), keys = block.keys();
  Gemm({block.rows, keys, shape.head_dim}, {args.grad_o + q_offset, shape.q_stride()},
       {args.forward.v + head.kv_offset, shape.kv_stride(), Transpose::kYes},
       {buffers.grad_s, keys});
  for (int64_t i = 0; i < block.rows; ++i) {
    const int64_t row = q_offset + i * shape.q_stride();
    const float delta = Dot(args.grad_o + row, args.forward.o + row, shape.head_dim);
    ScoreGradientRow(buffers.p + i * keys, delta, buffers.grad_s + i * keys, keys);
  }
}

void AccumulateGradients(const AttentionBackwardArgs& args, const HeadView& head,
                         const Block& block, const BlockBuffers& buffers) {
  const AttentionShape& shape = args.forward.shape;
  const int64_t q_offset = head.q_offset + block.first * shape.q_stride();
  const int64_t keys = block.keys(), d = shape.head_dim;
  Gemm({block.rows, d, keys, head.scale}, {buffers.grad_s, keys},
       {args.forward.k + head.kv_offset, shape.kv_stride()},
       {args.grad_q + q_offset, shape.q_stride()});
  Gemm({keys, d, block.rows, head.scale}, {buffers.grad_s, keys, Transpose::kYes},
       {args.forward.q + q_offset, shape.q_stride()},
       {args.grad_k + head.kv_offset, shape.kv_stride(), buffers.kv_beta});
  Gemm({keys, d, block.rows}, {buffers.p, keys, Transpose::kYes},
       {args.grad_o + q_offset, shape.q_stride()},
       {args.grad_v + head.kv_offset, shape.kv_stride(), buffers.kv_beta});
}

float* Reserve(std::vector<float>& scratch, int64_t size) {
  if (scratch.size() < static_cast<size_t>(size)) scratch.resize(static_cast<size_t>(size));
  return scratch.data();
}

int64_t LastBlock(int64_t length) { return (length - 1) / kBlockQueries * kBlockQueries; }

}  // namespace

void AttentionForwardTask(const AttentionForwardArgs& args, const AttentionTask& task,
                          std::vector<float>& scratch) {
  const AttentionShape& shape = args.shape;
  float* scores = Reserve(scratch, std::min(kBlockQueries, task.length) * task.length);
  for (int64_t h = 0; h < shape.group(); ++h) {
    const HeadView head = ViewOf(shape, task, h);
    for (int64_t first = 0; first < task.length; first += kBlockQueries) {
      const Block block{first, std::min(kBlockQueries, task.length - first)};
      Scores(args, head, block, scores);
      CausalSoftmax(scores, block, args.log_sum_exp + head.lse_offset + first * shape.num_heads,
                    shape.num_heads);
      Gemm({block.rows, shape.head_dim, block.keys()}, {scores, block.keys()},
           {args.v + head.kv_offset, shape.kv_stride()},
           {args.o + head.q_offset + first * shape.q_stride(), shape.q_stride()});
    }
  }
}

void AttentionBackwardTask(const AttentionBackwardArgs& args, const AttentionTask& task,
                           std::vector<float>& scratch) {
  const AttentionShape& shape = args.forward.shape;
  const int64_t block_size = std::min(kBlockQueries, task.length) * task.length;
  float* p = Reserve(scratch, 2 * block_size);
  BlockBuffers buffers{p, p + block_size};
  for (int64_t h = 0; h < shape.group(); ++h) {
    const HeadView head = ViewOf(shape, task, h);
    // From the last block, which reaches every key and so initialises grad_k and grad_v.
    for (int64_t first = LastBlock(task.length); first >= 0; first -= kBlockQueries) {
      const Block block{first, std::min(kBlockQueries, task.length - first)};
      Scores(args.forward, head, block, buffers.p);
      CausalProbabilities(buffers.p, block,
                          args.forward.log_sum_exp + head.lse_offset + first * shape.num_heads,
                          shape.num_heads);
      ScoreGradients(args, head, block, buffers);
      buffers.kv_beta = h == 0 && block.keys() == task.length ? 0.0F : 1.0F;
      AccumulateGradients(args, head, block, buffers);
    }
  }
}

}  // namespace bench::kernels
