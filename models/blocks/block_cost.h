// What a block costs: bytes that it keeps for the backward pass, and floating-point operations.
//
// Each block knows its own; harness/plan/activation_memory.h adds them up. Tensors that two blocks
// share are counted by the one that makes them; an input that a norm keeps is the residual form's.
#pragma once

namespace bench::models {

// Which implementations the operations choose.
enum class KernelSet {
  kFused,      // fp32 on the CPU
  kCuda,       // taken to be fused, with LibTorch's attention
  kReference,  // bf16 on the CPU
};

struct CostSetting {
  KernelSet kernels = KernelSet::kFused;
  double element_bytes = 4;  // of activations
};

struct BlockCost {
  double kept_bytes = 0;      // a token, between its forward and its backward pass
  double gradient_bytes = 0;  // a token, in the widest place of the backward pass
  double weights = 0;         // elements that are kept in the type of the activations
  double flops = 0;           // a token, forward, of matrix products with weights: 2 a weight
  double flops_per_key = 0;   // a token and a key that it sees, forward, of attention

  BlockCost& operator+=(const BlockCost& other) {
    kept_bytes += other.kept_bytes;
    gradient_bytes = gradient_bytes > other.gradient_bytes ? gradient_bytes : other.gradient_bytes;
    weights += other.weights;
    flops += other.flops;
    flops_per_key += other.flops_per_key;
    return *this;
  }
};

}  // namespace bench::models
