// What the operations share that go through the logits of a linear head, a block of rows at a time.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>

#include "kernels/checks.h"

namespace bench::kernels {

// Rows of fp32 logits that exist at once: about 8 MiB, but at least 32 rows (below, the products
// are bound by reading the weight).
inline int64_t LogitBlockRows(int64_t vocab_size) {
  constexpr int64_t kLogitsBytes = int64_t{8} << 20;
  constexpr int64_t kMinBlockRows = 32;
  return std::max(kMinBlockRows, kLogitsBytes / (vocab_size * int64_t{sizeof(float)}));
}

// What is computed of logits is in this type, whatever their products are in: fp64 of fp64, else
// fp32.
inline at::ScalarType TypeOfLogits(const at::Tensor& hidden) {
  return hidden.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

// hidden [M, D] and weight [V, D] of one type; targets [M] int64 in [0, V) (on the CPU only:
// looking at them elsewhere would synchronise).
inline void CheckHeadInputs(const char* op, const at::Tensor& hidden, const at::Tensor& weight,
                            const at::Tensor& targets) {
  CheckRank(op, hidden, 2);
  CheckRank(op, weight, 2);
  CheckSameType(op, hidden, weight);
  TORCH_CHECK(hidden.size(1) == weight.size(1), op, ": hidden ", hidden.sizes(), " and weight ",
              weight.sizes(), " do not fit");
  TORCH_CHECK(
      targets.scalar_type() == at::kLong && targets.dim() == 1 && targets.size(0) == hidden.size(0),
      op, ": targets ", targets.sizes(), " do not fit hidden ", hidden.sizes());
  if (!targets.device().is_cpu() || targets.numel() == 0) return;
  const auto [low, high] = at::aminmax(targets);
  TORCH_CHECK(low.item<int64_t>() >= 0 && high.item<int64_t>() < weight.size(0), op,
              ": a target is outside [0, ", weight.size(0), ")");
}

}  // namespace bench::kernels
