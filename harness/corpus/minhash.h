// MinHash signatures and their bands: which documents may be near-duplicates.
//
// Signature: minima of bands x rows permutations (a x + b) mod 2^61 - 1 of the shingles
// (shingles.h, minhash_kernel.h). Two documents with Jaccard similarity s of their shingle sets
// agree in each minimum with probability s, and in all rows of at least one band with
// 1 - (1 - s^rows)^bands: 0.56 at s = 0.70, 0.92 at 0.80, 0.99 at 0.85 for 14 x 8.
// A band's key is XXH3-64 of its number and its minima, so one sorted list holds all bands.
//
// Preset datatrove: the signature is that of datatrove_minhash.h instead.
//
// a in [1, p) and b in [0, p) come from the project's generator and `seed`: signatures of equal
// parameters are comparable between machines. Source: Broder 1997; FineWeb (arXiv 2406.17557).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/corpus/datatrove_minhash.h"
#include "harness/corpus/minhash_kernel.h"
#include "harness/corpus/shingles.h"
#include "harness/definition/corpus_steps.h"

namespace bench::corpus {

using harness::MinHashParameters;

Permutations MakePermutations(const MinHashParameters& parameters);

// One per thread.
class MinHasher {
 public:
  explicit MinHasher(const MinHashParameters& parameters);

  // num_bands x rows_per_band minima, and the key of each band; empty for a text without shingles.
  // Valid until the next call.
  const std::vector<uint64_t>& Signature(std::string_view text);
  const std::vector<uint64_t>& BandKeys(std::string_view text);

 private:
  const MinHashParameters parameters_;
  const Permutations permutations_;
  std::optional<DatatroveMinHasher> datatrove_;  // with that preset
  Shingler shingler_;
  HashHalves halves_;
  std::vector<uint64_t> minima_;
  std::vector<uint64_t> keys_;
};

}  // namespace bench::corpus
