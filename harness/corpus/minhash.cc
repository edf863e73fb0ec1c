#include "harness/corpus/minhash.h"

#include <xxhash.h>

#include "harness/determinism/random.h"

namespace bench::corpus {
namespace {

size_t NumPermutations(const MinHashParameters& parameters) {
  return static_cast<size_t>(parameters.num_bands) * static_cast<size_t>(parameters.rows_per_band);
}

}  // namespace

Permutations MakePermutations(const MinHashParameters& parameters) {
  const size_t count = NumPermutations(parameters);
  const size_t padded = (count + kPermutationLanes - 1) / kPermutationLanes * kPermutationLanes;
  Permutations permutations;
  harness::Random random(static_cast<uint64_t>(parameters.seed));
  for (size_t k = 0; k < padded; ++k) {
    const uint64_t a = 1 + random.Below(kMersenne61 - 1);
    permutations.a_low.push_back(static_cast<uint32_t>(a));
    permutations.a_high.push_back(static_cast<uint32_t>(a >> 32));
    permutations.b.push_back(random.Below(kMersenne61));
  }
  return permutations;
}

MinHasher::MinHasher(const MinHashParameters& parameters)
    : parameters_(parameters), permutations_(MakePermutations(parameters)) {
  if (parameters.preset == harness::MinHashPreset::kDatatrove) datatrove_.emplace(parameters);
}

const std::vector<uint64_t>& MinHasher::Signature(std::string_view text) {
  if (datatrove_) {
    datatrove_->Signature(text, minima_);
    return minima_;
  }
  const std::vector<uint64_t>& shingles = shingler_.Shingles(text, parameters_.shingles);
  minima_.clear();
  if (shingles.empty()) return minima_;
  halves_.Assign(shingles);
  minima_.assign(permutations_.b.size(), kMersenne61);
  LowerMinima(halves_, permutations_, minima_);
  minima_.resize(NumPermutations(parameters_));
  return minima_;
}

const std::vector<uint64_t>& MinHasher::BandKeys(std::string_view text) {
  Signature(text);
  keys_.clear();
  const auto rows = static_cast<size_t>(parameters_.rows_per_band);
  for (size_t first = 0; first < minima_.size(); first += rows) {
    keys_.push_back(
        XXH3_64bits_withSeed(minima_.data() + first, rows * sizeof(uint64_t), first / rows));
  }
  return keys_;
}

}  // namespace bench::corpus
