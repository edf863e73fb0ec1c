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

void PutVectors(const SequenceVectors& vectors, RaggedBatch& batch) {
  if (!vectors.vectors_KP.defined()) return;
  TORCH_CHECK(std::ssize(vectors.counts_B) == batch.num_sequences(),
              "PutVectors: ", vectors.counts_B.size(), " counts for ", batch.num_sequences(),
              " sequences");
  std::vector<int64_t> rows;
  for (size_t b = 0; b < vectors.counts_B.size(); ++b) {
    const int64_t begin = batch.offsets[b], count = vectors.counts_B[b];
    TORCH_CHECK(count >= 0 && begin + count <= batch.offsets[b + 1], "PutVectors: sequence ", b,
                " of ", batch.offsets[b + 1] - begin, " tokens begins with ", count, " vectors");
    for (int64_t i = 0; i < count; ++i) rows.push_back(begin + i);
  }
  TORCH_CHECK(vectors.vectors_KP.dim() == 2 && vectors.vectors_KP.size(0) == std::ssize(rows),
              "PutVectors: vectors ", vectors.vectors_KP.sizes(), ", but sequences begin with ",
              rows.size());
  if (rows.empty()) return;
  const at::Device device = batch.tokens_N.device();
  batch.vectors_KP = vectors.vectors_KP.to(device);
  batch.vector_rows_K = at::tensor(rows, at::kLong).to(device);
}

}  // namespace bench::models
