#include "harness/stages/clm/vector_batch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {

models::SequenceVectors VectorsOf(std::span<const DatasetRow> rows) {
  models::SequenceVectors vectors;
  if (rows.empty() || rows.front().vectors.form.size == 0) return vectors;
  const VectorForm& form = rows.front().vectors.form;
  int64_t num_vectors = 0;
  for (const DatasetRow& row : rows) {
    vectors.counts_B.push_back(row.vectors.count());
    num_vectors += row.vectors.count();
  }
  vectors.vectors_KP = at::empty({num_vectors, form.size}, at::kFloat);
  float* next = vectors.vectors_KP.mutable_data_ptr<float>();
  const auto white = static_cast<float>(form.white);
  for (const DatasetRow& row : rows) {
    next = std::transform(row.vectors.values.begin(), row.vectors.values.end(), next,
                          [white](uint8_t byte) { return static_cast<float>(byte) / white; });
  }
  return vectors;
}

absl::Status CheckVectorSize(const VectorForm& form, int64_t model_vector_size) {
  if (form.size == model_vector_size) return absl::OkStatus();
  return UsageError(absl::StrCat("model.vector_size is ", model_vector_size,
                                 ", but rows of data.dataset begin with ",
                                 form.size == 0 ? std::string("no vectors")
                                                : absl::StrCat("vectors of ", form.size, " values"),
                                 ": give model.vector_size = ", form.size));
}

absl::Status CheckVectors(const DatasetRow& row) {
  if (row.vectors.form.size == 0 || row.vectors.count() > 0) return absl::OkStatus();
  return DataError("begins with no vectors, which all rows of this data set do");
}

}  // namespace bench::harness
