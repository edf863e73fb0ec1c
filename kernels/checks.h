// Shape and type checks shared by the operations; failures are TORCH_CHECK errors that name the
// operation, the argument and what it was.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace bench::kernels {

// Whether `tensor` can be read by the fp32 CPU loops (their callers make it contiguous).
inline bool IsCpuFloat(const at::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat;
}

inline void CheckRank(const char* op, const at::Tensor& tensor, int64_t rank) {
  TORCH_CHECK(tensor.dim() == rank, op, ": expected a tensor of rank ", rank, ", got ",
              tensor.sizes());
}

inline void CheckSameType(const char* op, const at::Tensor& a, const at::Tensor& b) {
  TORCH_CHECK(a.scalar_type() == b.scalar_type() && a.device() == b.device(), op,
              ": arguments differ in type or device: ", a.toString(), " and ", b.toString());
}

inline void CheckOffsets(const char* op, const std::vector<int64_t>& offsets, int64_t num_rows) {
  TORCH_CHECK(offsets.size() >= 2 && offsets.front() == 0 && offsets.back() == num_rows, op,
              ": offsets must run from 0 to the number of rows, ", num_rows);
  for (size_t b = 1; b < offsets.size(); ++b) {
    TORCH_CHECK(offsets[b] > offsets[b - 1], op, ": sequence ", b - 1, " is empty");
  }
}

}  // namespace bench::kernels
