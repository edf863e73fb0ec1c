// Memory of one micro-batch between its forward and its backward pass, in bytes.
//
// Blocks know their own terms (models/blocks/block_cost.h); here they are added up. N tokens, M
// target rows, D hidden, V vocabulary, L layers, s bytes an element (4 in fp32, 2 in bf16).
//   norm      s D + that of the block              a token: input, statistics
//   layer     norms, their outputs, attention, MLP. LLaMA's, with Q = heads x head_dim, K =
//   kv_heads
//             x head_dim, H heads, F intermediate: 2 (s D + 4) + 2 s D + s (2 Q + 2 K) + 4 H + 3 s
//             F
//   output    s M D, for cross-entropy + 4 V D: gradients, made in the forward pass; 4 M D for
//             scores, which are fp32
//   kept      N (L layer + norm) + output; with recomputation N (L s D + norm) + output
//   backward  kept - N norm - output + gradients in the widest place of the last layer (LLaMA's:
//             N s (D + 2 F)), + N layer with recomputation; a tied embedding's 4 V D stays to the
//             end
//   loss      kept + a block of logits (kernels/logit_blocks.h)
// Autocast keeps a bf16 copy of the weights of each layer that keeps activations, and of the head,
// 2 V D, where log-probabilities are trained (for cross-entropy until the loss is known).
// LibTorch's attention (all but fp32 on the CPU) keeps its output twice (s Q more) and the
// rotation's tables (2 s a rotated column); the reference kernels (bf16 on the CPU) an fp32 input
// of each norm (4 D) and two more factors of SwiGLU (2 s F). On the GPU attention is taken to be a
// fused one. Not in it: parameters, token ids, vectors of M numbers, the workspace of matrix
// products and of composed attention (a block of 128 queries' scores,
// kernels/composed_attention.h). Derived from models/blocks and what the operations save for
// backward.
#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/context/device.h"
#include "harness/definition/training_spec.h"
#include "models/decoder.h"

namespace bench::harness {

enum class TrainedOutput {
  kCrossEntropy,  // kernels/linear_cross_entropy.h
  kLogProbs,      // kernels/linear_log_probs.h
  kScores,        // models/scalar_head.h
};

struct ActivationSpec {
  models::DecoderConfig config;
  int64_t num_tokens = 0;
  int64_t num_targets = 0;  // rows of hidden states that the output is computed at
  TrainedOutput output = TrainedOutput::kCrossEntropy;
  models::Activations activations = models::Activations::kKept;
  Precision precision = Precision::kFp32;
  DeviceKind device = DeviceKind::kCpu;
};

// Doubles, since the largest definitions have more bytes than 64 bits count; exact below 2^53.
struct ActivationBytes {
  double kept = 0;      // alive when the loss has been computed
  double loss = 0;      // peak while it is computed
  double backward = 0;  // peak of the backward pass

  double peak() const { return std::max(loss, backward); }
};

ActivationBytes ActivationMemory(const ActivationSpec& spec);

// Of a scalar head on a trunk that is counted elsewhere: the states that it reads, 4 M D.
ActivationBytes HeadActivationMemory(const ActivationSpec& spec);

}  // namespace bench::harness
