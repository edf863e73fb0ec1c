// The arrangements of labels that a permutation test averages over.
//
// Paired: base and head of each pair may change places: 2^n sign vectors. Unpaired: any num_head of
// the pooled values may be the head: n + m choose m splits. Where these are at most
// `max_exact_arrangements`, each is visited once; else the seeded sample of `num_resamples` uniform
// ones. Deterministic in the seed.
//
// PValue(count) turns the number of visited arrangements at least as extreme as the observed one
// into a p-value: count / visited when exact (the observed one is among them), else
// (count + 1) / (visited + 1), which is valid and never 0.
// Source: Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"

namespace bench::results {

enum class Pairing { kPaired, kUnpaired };

struct ArrangementPlan {
  Pairing pairing = Pairing::kUnpaired;
  std::size_t num_base = 0;
  std::size_t num_head = 0;  // equal to num_base when paired
  int64_t max_exact_arrangements = 0;
  int64_t num_resamples = 0;
  uint64_t seed = 0;
};

// 2^n or n + m choose m; infinite beyond the range of double.
double NumArrangements(const ArrangementPlan& plan);

// Paired: [pair], whether its values change places. Unpaired: [value], base first, whether it is
// counted as head.
using Arrangement = std::vector<bool>;

struct VisitedArrangements {
  int64_t visited = 0;
  bool exact = false;

  double PValue(int64_t count) const;
};

VisitedArrangements VisitArrangements(const ArrangementPlan& plan,
                                      absl::FunctionRef<void(const Arrangement&)> visit);

}  // namespace bench::results
