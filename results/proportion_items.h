// The counts behind a proportion of the summary, and which of its items were right: what pairs of
// models can be compared by, item by item.
//
// The table "proportions" has a row a proportion: step, metric (its path), successes, trials and
// items. The last is hexadecimal, an item a bit in the order in which they were evaluated, the
// first item the most significant bit of the first digit; a last digit is filled up with zeros. It
// is empty where items are not counted one by one (tokens, which are not independent of each
// other).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "results/metric.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::results {

struct CountedProportion {
  MetricKey metric;
  int64_t successes = 0;
  int64_t trials = 0;
  std::vector<bool> items;  // whether right; empty, or `trials` of them

  // Of items counted one by one.
  static CountedProportion Of(const MetricKey& metric, std::vector<bool> items);
};

absl::Status RecordProportion(RunWriter& writer, int64_t step, const CountedProportion& proportion);
absl::Status RecordProportions(RunWriter& writer, int64_t step,
                               const std::vector<CountedProportion>& proportions);

struct RecordedProportion {
  int64_t successes = 0;
  int64_t trials = 0;
  std::vector<bool> items;
};

// By the metric's path, of the last step. Rows that are no proportion are left out.
std::map<std::string, RecordedProportion> ProportionsOf(const RunRecord& record);

}  // namespace bench::results
