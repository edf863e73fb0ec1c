// Which rows a model answers rightly: whether what it writes greedily behind what is given is the
// row's, up to and with the end.
//
// Every target is predicted from the row's own tokens before it. All of them are the most probable
// tokens (the lowest id among equals) exactly where a greedy generation writes them, so that
// nothing has to be generated. Deterministic.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "models/decoder.h"

namespace bench::harness {

// By row, which has tokens. StoppedError between batches; UsageError where a row does not fit into
// the model's positions or has tokens outside its vocabulary.
absl::StatusOr<std::vector<bool>> AnsweredRightly(const models::Decoder& decoder,
                                                  const std::vector<DatasetRow>& rows);

}  // namespace bench::harness
