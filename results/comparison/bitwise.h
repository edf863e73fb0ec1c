// Whether two strict runs of one replicate are equal bit for bit, and where they first are not:
// step two of a comparison.
//
// Compared are all digests and every deterministic value of the steps, evaluations, ranks and the
// summary. "First" is by step, then by path; what was recorded once a run comes after all steps. It
// takes no memory beyond the two records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/group.h"
#include "results/record.h"

namespace bench::results {

// The first place at which two runs differ.
struct Difference {
  std::string path;             // "digests/weights", "steps/loss"
  std::optional<int64_t> step;  // absent for a summary value and a rank's
  std::string base;             // the digest or value, "absent" where there is none
  std::string head;
  std::optional<double> relative;  // of two finite values: |head - base| / the larger magnitude
};

struct BitwiseComparison {
  int64_t num_digests = 0;  // compared
  int64_t num_values = 0;
  std::optional<Difference> digest;  // the first digest that differs
  std::optional<Difference> metric;  // the first deterministic value that differs

  bool identical() const { return !digest && !metric && num_digests + num_values > 0; }
};

BitwiseComparison CompareBitwise(const RunRecord& base, const RunRecord& head);

// Of all pairs of two arms.
struct GroupBitwise {
  int64_t num_pairs = 0;
  int64_t num_identical = 0;
  BitwiseComparison shown;      // of the first pair that differs, else of the first pair
  int64_t shown_replicate = 0;  // its number
  // The largest relative difference of the pairs' first values that differ: 0 where none does,
  // infinite where one has no such size.
  double largest_first_difference = 0;

  bool identical() const { return num_pairs > 0 && num_identical == num_pairs; }
};

// `pairs` must not be empty.
GroupBitwise CompareBitwise(const std::vector<PairOfRuns>& pairs);

}  // namespace bench::results
