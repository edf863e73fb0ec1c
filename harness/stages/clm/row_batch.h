// Rows of a data set of rows (harness/data/row_dataset.h) as a batch of next-token prediction.
//
// Rows stand one after the other in a ragged batch, whole and without padding; no token sees
// another row than its own. The targets of a row are the tokens that are marked so. Vectors that
// rows begin with are part of the batch (vector_batch.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/status.h"
#include "harness/data/row_dataset.h"
#include "harness/stages/batches/causal_batch.h"

namespace bench::harness {

// Runs of tokens that are not given.
std::vector<TokenSpan> TargetSpans(const std::vector<TokenMark>& marks);

// Targets in the order of the rows and their tokens.
CausalBatch MakeRowBatch(std::span<const DatasetRow> rows, at::Device device);

// UsageError where a row of the data set has more than max_tokens tokens, DataError where a part
// has no rows or a row no target, a token is outside the vocabulary, or a row has no vectors where
// others have some.
absl::Status CheckRows(const RowDataset& dataset, int64_t max_tokens);

}  // namespace bench::harness
