#include "models/ragged_batch.h"

#include <algorithm>
#include <numeric>

namespace bench::models {

RaggedBatch MakeRaggedBatch(const std::vector<std::vector<int64_t>>& rows, at::Device device) {
  RaggedBatch batch;
  batch.offsets.push_back(0);
  for (const auto& row : rows) {
    TORCH_CHECK(!row.empty(), "MakeRaggedBatch: sequence ", batch.offsets.size() - 1, " is empty");
    batch.offsets.push_back(batch.offsets.back() + static_cast<int64_t>(row.size()));
  }
  const auto options = at::TensorOptions().dtype(at::kLong);
  at::Tensor tokens_N = at::empty({batch.offsets.back()}, options);
  at::Tensor positions_N = at::empty({batch.offsets.back()}, options);
  auto* tokens = tokens_N.mutable_data_ptr<int64_t>();
  auto* positions = positions_N.mutable_data_ptr<int64_t>();
  for (size_t b = 0; b < rows.size(); ++b) {
    std::copy(rows[b].begin(), rows[b].end(), tokens + batch.offsets[b]);
    std::iota(positions + batch.offsets[b], positions + batch.offsets[b + 1], int64_t{0});
  }
  batch.tokens_N = tokens_N.to(device);
  batch.positions_N = positions_N.to(device);
  return batch;
}

}  // namespace bench::models
