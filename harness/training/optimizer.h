// Optimizers over named parameters, with their state by logical tensor name.
//
// AdamW (Loshchilov & Hutter, arXiv:1711.05101, algorithm 2), at step t with gradient g:
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
//   w = w (1 - lr wd) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
// Weight decay applies to matrices (two or more dimensions); norm gains are left alone.
// Moments are fp32 of the parameter's shape. Elementwise, so independent of threads.
//
// Parameters that are not fp32 have an fp32 copy, their master weights, which the step is made on;
// they are its rounding. Their gradients are converted to fp32 at most kMostConverted elements at a
// time. Source: Micikevicius et al., arXiv:1710.03740, section 3.1.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/definition/definition.h"
#include "models/decoder.h"

namespace bench::harness {

// 16 MiB: enough for the cores to share a call, and little beside a model that needs sharding.
inline constexpr int64_t kMostConverted = int64_t{1} << 22;

// A contiguous part of a parameter in C order: the whole of it, or what one rank's shard holds.
struct ParameterPiece {
  std::string name;                 // the parameter's
  std::vector<int64_t> full_shape;  // the parameter's
  int64_t begin = 0;                // in C order
  at::Tensor tensor;                // aliases the parameter; its gradient is the piece's
};
// Every parameter that is trained, whole: those that require a gradient and have elements.
std::vector<ParameterPiece> WholePieces(const std::vector<models::NamedTensor>& parameters);

// One tensor that an optimizer keeps for each parameter.
struct StateKind {
  enum class Extent { kElements, kScalar };  // the parameter's shape, or one number

  std::string name;  // "exp_avg"
  at::ScalarType type;
  Extent extent;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // Updates the pieces from their gradients; pieces without a gradient are skipped.
  virtual void Step(double learning_rate) = 0;
  // What is kept for a parameter of this type; "master" where there are master weights.
  virtual std::vector<StateKind> StateKinds(at::ScalarType parameter) const = 0;
  // Of piece i, in the order of StateKinds. They alias the live state.
  virtual std::vector<at::Tensor> StateOf(size_t piece) const = 0;
};

std::unique_ptr<Optimizer> MakeOptimizer(const OptimizerSpec& spec,
                                         const std::vector<ParameterPiece>& pieces);

// Frees every gradient.
void ClearGradients(const std::vector<models::NamedTensor>& parameters);

// L2 norm over all gradients, summed in float64 in parameter order. When `max_norm` > 0 and the
// norm is larger, gradients are scaled by max_norm / (norm + 1e-6), as torch's clip_grad_norm_
// does. Returns the norm before clipping.
double ClipGradients(const std::vector<models::NamedTensor>& parameters, double max_norm);

}  // namespace bench::harness
