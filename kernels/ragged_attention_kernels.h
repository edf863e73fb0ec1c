// The CPU work of RaggedAttention on raw memory, one task a (sequence, key/value head). No Torch.
// See ragged_attention.h. All matrices are rows of [N, heads * d] with the strides given.
#pragma once

#include <cstdint>
#include <vector>

namespace bench::kernels {

struct AttentionShape {
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;
  int64_t head_dim = 0;
  int64_t group() const { return num_heads / num_kv_heads; }
  int64_t q_stride() const { return num_heads * head_dim; }
  int64_t kv_stride() const { return num_kv_heads * head_dim; }
};

struct AttentionTask {
  int64_t begin = 0;  // first row of the sequence
  int64_t length = 0;
  int64_t kv_head = 0;
};

struct AttentionForwardArgs {
  AttentionShape shape;
  const float* q = nullptr;
  const float* k = nullptr;
  const float* v = nullptr;
  float* o = nullptr;
  float* log_sum_exp = nullptr;  // [N, H]
};

struct AttentionBackwardArgs {
  AttentionForwardArgs forward;  // its o and log_sum_exp are read
  const float* grad_o = nullptr;
  float* grad_q = nullptr;
  float* grad_k = nullptr;
  float* grad_v = nullptr;
};

// `scratch` is resized as needed and may be reused by the same thread.
void AttentionForwardTask(const AttentionForwardArgs& args, const AttentionTask& task,
                          std::vector<float>& scratch);
void AttentionBackwardTask(const AttentionBackwardArgs& args, const AttentionTask& task,
                           std::vector<float>& scratch);

}  // namespace bench::kernels
