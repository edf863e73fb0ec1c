// Activation checkpointing: a block of the network whose activations are not kept for the backward
// pass but computed again there from the block's input.
//
// Recompute(block, h) = block(h), with the same values and the same gradients, bit for bit, for a
// block that is deterministic and whose parameters are leaves. Memory: the block's input, instead
// of everything inside it; time: one more forward pass of the block. Where gradients are off it is
// block(h). `h` must require a gradient, or the block's parameters would get none (TORCH_CHECK).
// Source: Chen et al., arXiv:1604.06174.
#pragma once

#include <ATen/ATen.h>

#include <functional>

namespace bench::models {

using Block = std::function<at::Tensor(const at::Tensor& h_ND)>;

// What `block` captures must live until the backward pass.
at::Tensor Recompute(Block block, const at::Tensor& h_ND);

}  // namespace bench::models
