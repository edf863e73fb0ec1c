// Memory of one micro-batch between its forward and its backward pass, in bytes.
//
// N tokens, M target rows, D hidden, Q = heads x head_dim, K = kv_heads x head_dim, H heads, d
// head_dim, F intermediate, V vocabulary, L layers, s bytes an element (4 in fp32, 2 in bf16).
//   norm      s D + 4                              a token: input, 1 / rms in fp32
//   layer     2 norm + 2 s D + s (2 Q + 2 K) + 4 H + 3 s F
//             outputs of the norms; q, k, v, o, log-sum-exp in fp32; gate, up, activated
//   output    s M D, for cross-entropy + 4 V D: gradients, made in the forward pass
//   kept      N (L layer + norm) + output; with recomputation N (L s D + norm) + output
//   backward  kept - N norm - output + N s (D + 2 F), + N layer with recomputation: gradients in
//             the widest place of the last layer; a tied embedding's 4 V D stays to the end
//   loss      kept + a block of logits (kernels/logit_blocks.h)
// Autocast keeps a bf16 copy of the weights of each layer that keeps activations. LibTorch's
// attention (all but fp32 on the CPU) keeps its output twice (s Q more) and the rotation's tables
// (2 s d); the reference kernels (bf16 on the CPU) an fp32 input of each norm (4 D) and two more
// factors of SwiGLU (2 s F). On the GPU attention is taken to be a fused one.
// Not in it: parameters, token ids, vectors of M numbers, the workspace of matrix products.
// Derived from models/decoder.cc and what the operations save for backward.
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

// Of a scalar head on a trunk that is counted elsewhere: the states that it reads, s M D.
ActivationBytes HeadActivationMemory(const ActivationSpec& spec);

}  // namespace bench::harness
