// Rows in the batches in which a model scores them, where nothing is trained.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace bench::harness {

// Enough rows to fill the matrix products, with little memory. One number for everything that is
// scored: the sums of a matrix product may depend on how many rows it has.
inline constexpr size_t kRowsPerBatch = 64;

// `rows`, which must outlive the result, in their order.
template <typename Row>
std::vector<std::span<const Row>> InBatches(const std::vector<Row>& rows) {
  std::vector<std::span<const Row>> batches;
  for (size_t begin = 0; begin < rows.size(); begin += kRowsPerBatch) {
    const size_t count = std::min(kRowsPerBatch, rows.size() - begin);
    batches.push_back(std::span<const Row>(rows).subspan(begin, count));
  }
  return batches;
}

}  // namespace bench::harness
