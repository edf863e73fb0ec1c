// MinHash signatures as datatrove 0.10 computes them, bit for bit: its shingles, its permutations.
//
// Shingle: XXH64 of `ngram_words` words, joined by spaces, of the simplified text
// (datatrove_text.h, spacy_english.h). Minimum k: min over shingles x of ((a_k x + b_k) mod 2^64)
// mod (2^61 - 1), where the product wraps around as numpy's uint64 does. a in [1, p) and then b in
// [0, p) are numpy's RandomState(seed).randint: 64 bits of MT19937, masked to 61, rejected above
// the range.
//
// Source: datatrove 0.10, pipeline/dedup/minhash.py; numpy 2, random/src/distributions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/corpus/spacy_english.h"
#include "harness/definition/corpus_steps.h"

namespace bench::corpus {

using harness::MinHashParameters;

struct DatatrovePermutations {
  std::vector<uint64_t> a, b;
};
// Of num_bands x rows_per_band; `seed` is below 2^32.
DatatrovePermutations MakeDatatrovePermutations(const MinHashParameters& parameters);

// One per thread.
class DatatroveMinHasher {
 public:
  explicit DatatroveMinHasher(const MinHashParameters& parameters);

  // Fills `minima`, which stays empty for a text with fewer words than an n-gram.
  void Signature(std::string_view text, std::vector<uint64_t>& minima);

 private:
  const std::vector<uint64_t>& Shingles(std::string_view text);

  const size_t ngram_words_;
  const DatatrovePermutations permutations_;
  SpacyEnglish english_;
  std::string joined_;
  std::vector<uint64_t> shingles_;
};

}  // namespace bench::corpus
