#include "harness/stages/clm/row_mixture.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// Numbers of the training rows, by group.
std::vector<std::vector<int64_t>> RowsByGroup(const RowDataset& dataset) {
  std::vector<std::vector<int64_t>> rows(dataset.groups().size());
  for (int64_t i = 0; i < dataset.num_rows("train"); ++i) {
    rows[static_cast<size_t>(dataset.row("train", i).group)].push_back(i);
  }
  return rows;
}

absl::Status CheckNamed(const RowMixture& mixture, const ClmSamplingSpec& spec,
                        int64_t batch_size) {
  if (spec.group.empty()) return absl::OkStatus();
  const bool is_there = !mixture.parts.empty() && mixture.parts.front().task == spec.group;
  if (!is_there) {
    return UsageError(
        absl::StrCat("sampling.group: \"", spec.group, "\" has no training rows in data.dataset"));
  }
  if (mixture.parts.size() > 1 || spec.group_rows == batch_size) return absl::OkStatus();
  return UsageError(absl::StrCat("sampling.group_rows: ", spec.group_rows, " of a batch of ",
                                 batch_size, " rows are of \"", spec.group,
                                 "\", and data.dataset has no other group for the rest"));
}

}  // namespace

int64_t RowMixture::RowOf(const MixtureDraw& draw) const {
  return rows.empty() ? draw.row : rows[draw.part][static_cast<size_t>(draw.row)];
}

absl::StatusOr<RowMixture> MakeRowMixture(const RowDataset& dataset, const ClmSamplingSpec& spec,
                                          int64_t batch_size) {
  RowMixture mixture;
  if (spec.by == RowSampling::kRows) {
    mixture.parts = {{"rows", 1, dataset.num_rows("train")}};
    return mixture;
  }
  std::vector<std::vector<int64_t>> by_group = RowsByGroup(dataset);
  const auto add = [&](size_t group, double weight, int64_t rows_per_batch) {
    const int64_t num_rows = std::ssize(by_group[group]);
    mixture.parts.push_back({dataset.groups()[group], weight, num_rows, rows_per_batch});
    mixture.rows.push_back(std::exchange(by_group[group], {}));
  };
  const auto named = std::find(dataset.groups().begin(), dataset.groups().end(), spec.group);
  const auto named_group = static_cast<size_t>(named - dataset.groups().begin());
  if (!spec.group.empty() && named_group < by_group.size() && !by_group[named_group].empty()) {
    add(named_group, 0, spec.group_rows);
    mixture.batch_rows = batch_size;
  }
  for (size_t group = 0; group < by_group.size(); ++group) {
    if (by_group[group].empty()) continue;  // it has no rows, or they are in already
    add(group, std::pow(static_cast<double>(by_group[group].size()), spec.exponent), 0);
  }
  BENCH_RETURN_IF_ERROR(CheckNamed(mixture, spec, batch_size));
  return mixture;
}

}  // namespace bench::harness
