// Memory of a device's model states under ZeRO's stages.
//
// Psi trained parameters on N devices, with p bytes a parameter, g a gradient and k of optimizer
// state for each:
//   baseline  (p + g + k) Psi              every device has everything (data parallelism)
//   Pos       (p + g) Psi + k Psi / N      optimizer states are sharded (ZeRO-1)
//   Pos+g     p Psi + (g + k) Psi / N      gradients too (ZeRO-2)
//   Pos+g+p   (p + g + k) Psi / N          parameters too (ZeRO-3)
// Mixed precision: p = g = 2, k = 12 (fp32 master weights and two moments); fp32 and autocast:
// p = g = 4, k = 8. Not in it: activations (activation_memory.h), communication buffers, padding
// of the shards (less than N elements a tensor). Units: bytes, as doubles, which hold every value
// below 2^53 exactly where N is a power of two. Preconditions: Psi >= 0, N >= 1.
// Source: Rajbhandari et al., arXiv:1910.02054, section 5 and table 1.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/definition/training_spec.h"

namespace bench::harness {

enum class ZeroStage { kBaseline, kOptimizer, kGradients, kParameters };
constexpr std::array<std::string_view, 4> EnumNames(ZeroStage) {
  return {"baseline", "pos", "pos_g", "pos_g_p"};
}
inline constexpr std::array kZeroStages = {ZeroStage::kBaseline, ZeroStage::kOptimizer,
                                           ZeroStage::kGradients, ZeroStage::kParameters};

struct StateBytes {
  double parameters = 0;
  double gradients = 0;
  double optimizer_states = 0;

  double total() const { return parameters + gradients + optimizer_states; }
};

// p, g and k.
StateBytes BytesPerParameter(Precision precision);

struct ZeroSharding {
  ZeroStage stage = ZeroStage::kBaseline;
  int64_t num_ranks = 1;
};

// Of one device.
StateBytes ModelStateBytes(int64_t num_parameters, Precision precision,
                           const ZeroSharding& sharding);

// What the optimizer's step of this harness needs for a moment, at most: in mixed precision the
// gradients of the parameters that a device updates, in fp32, kMostConverted of them at a time
// (optimizer.h).
double UpdateBytes(int64_t num_parameters, Precision precision, const ZeroSharding& sharding);

// The largest Psi whose model states are at most `budget_bytes`, exactly; 0 for a negative budget.
// Precondition: budget_bytes below 2^62 and num_ranks below 2^31.
int64_t LargestNumParameters(int64_t budget_bytes, Precision precision,
                             const ZeroSharding& sharding);

}  // namespace bench::harness
