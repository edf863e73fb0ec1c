// The vectors that rows of a data set begin with, as a batch of a decoder takes them
// (models/ragged_batch.h).
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "harness/data/row_dataset.h"
#include "models/ragged_batch.h"

namespace bench::harness {

// [K, P] in fp32, each byte divided by white; nothing of rows that begin with no vectors. Rows are
// of one data set.
models::SequenceVectors VectorsOf(std::span<const DatasetRow> rows);

// UsageError unless vectors of the rows have as many values as the model takes.
absl::Status CheckVectorSize(const VectorForm& form, int64_t model_vector_size);

// DataError for a row without vectors in a data set of rows with them: the projection of a batch of
// such rows would have no gradient.
absl::Status CheckVectors(const DatasetRow& row);

}  // namespace bench::harness
