// Which rows of symbols a batch is made of: clm's [sampling].
//
// By rows: every epoch takes each row once. By groups: a group is drawn with P(group) =
// n^exponent / sum over the groups, n = its training rows, then the next row of its own epoch; the
// group that is named, if one is, has group_rows rows of every batch and is not drawn.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/training/mixture_sampler.h"

namespace bench::harness {

struct RowMixture {
  std::vector<MixturePart> parts;  // the named group first
  // By part: its training rows, by their numbers in the data set. Empty of all rows as one part.
  std::vector<std::vector<int64_t>> rows;
  int64_t batch_rows = 0;  // of a sampler; 0 where no part has rows in every batch

  // The number in the data set of what was drawn.
  int64_t RowOf(const MixtureDraw& draw) const;
};

// UsageError where the data set has no training rows of the group that is named, or none of others
// to fill a batch with.
absl::StatusOr<RowMixture> MakeRowMixture(const RowDataset& dataset, const ClmSamplingSpec& spec,
                                          int64_t batch_size);

}  // namespace bench::harness
