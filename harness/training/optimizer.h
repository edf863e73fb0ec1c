// Optimizers over named parameters, with their state by logical tensor name.
//
// AdamW (Loshchilov & Hutter, arXiv:1711.05101, algorithm 2), at step t with gradient g:
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
//   w = w (1 - lr wd) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
// Weight decay applies to matrices (two or more dimensions); norm gains are left alone.
// Moments are fp32 of the parameter's shape. Elementwise, so independent of threads.
//
// Parameters that are not fp32 have an fp32 copy, their master weights, which the step is made on;
// they are its rounding. Source: Micikevicius et al., arXiv:1710.03740, section 3.1.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "harness/definition/definition.h"
#include "models/decoder.h"

namespace bench::harness {

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // Updates the parameters from their gradients; parameters without a gradient are skipped.
  virtual void Step(double learning_rate) = 0;
  // Tensors to save and restore, e.g. "exp_avg/model.norm.weight"; "master/..."
  // where there are master weights. They alias the live state.
  virtual std::vector<models::NamedTensor> State() const = 0;
};

std::unique_ptr<Optimizer> MakeOptimizer(const OptimizerSpec& spec,
                                         const std::vector<models::NamedTensor>& parameters);

// Frees every gradient.
void ClearGradients(const std::vector<models::NamedTensor>& parameters);

// L2 norm over all gradients, summed in float64 in parameter order. When `max_norm` > 0 and the
// norm is larger, gradients are scaled by max_norm / (norm + 1e-6), as torch's clip_grad_norm_
// does. Returns the norm before clipping.
double ClipGradients(const std::vector<models::NamedTensor>& parameters, double max_norm);

}  // namespace bench::harness
