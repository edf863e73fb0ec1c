#include "harness/corpus/datatrove_minhash.h"

#include <xxhash.h>

#include <algorithm>
#include <random>
#include <string>

#include "harness/corpus/datatrove_text.h"
#include "harness/corpus/minhash_kernel.h"

namespace bench::corpus {
namespace {

// `count` numbers of [first, last] as numpy.random.RandomState.randint draws them; the range needs
// all 61 bits.
std::vector<uint64_t> Draw(std::mt19937& generator, uint64_t first, uint64_t last, size_t count) {
  std::vector<uint64_t> numbers;
  while (numbers.size() < count) {
    const uint64_t high = generator();
    const uint64_t value = (high << 32 | generator()) & kMersenne61;
    if (value <= last - first) numbers.push_back(first + value);
  }
  return numbers;
}

}  // namespace

// The generator is datatrove's, not the project's, because its signatures are to be equal.
DatatrovePermutations MakeDatatrovePermutations(const MinHashParameters& parameters) {
  const auto count = static_cast<size_t>(parameters.num_bands * parameters.rows_per_band);
  std::mt19937 generator(static_cast<uint32_t>(parameters.seed));
  std::vector<uint64_t> a = Draw(generator, 1, kMersenne61 - 1, count);
  return {std::move(a), Draw(generator, 0, kMersenne61 - 1, count)};
}

DatatroveMinHasher::DatatroveMinHasher(const MinHashParameters& parameters)
    : ngram_words_(static_cast<size_t>(parameters.shingles.ngram_words)),
      permutations_(MakeDatatrovePermutations(parameters)) {}

const std::vector<uint64_t>& DatatroveMinHasher::Shingles(std::string_view text) {
  const std::string simplified = SimplifiedText(text);
  joined_.clear();
  std::vector<size_t> begins, ends;
  for (const std::string_view word : english_.Words(simplified)) {
    if (!joined_.empty()) joined_.push_back(' ');
    begins.push_back(joined_.size());
    joined_ += word;
    ends.push_back(joined_.size());
  }
  shingles_.clear();
  for (size_t i = 0; i + ngram_words_ <= begins.size(); ++i) {
    const size_t size = ends[i + ngram_words_ - 1] - begins[i];
    shingles_.push_back(XXH64(joined_.data() + begins[i], size, /*seed=*/0));
  }
  return shingles_;
}

void DatatroveMinHasher::Signature(std::string_view text, std::vector<uint64_t>& minima) {
  const std::vector<uint64_t>& shingles = Shingles(text);
  minima.clear();
  if (shingles.empty()) return;
  minima.assign(permutations_.a.size(), UINT64_MAX);
  for (const uint64_t x : shingles) {
    for (size_t k = 0; k < minima.size(); ++k) {
      const uint64_t value = ReduceMersenne61(permutations_.a[k] * x + permutations_.b[k]);
      minima[k] = std::min(minima[k], value);
    }
  }
}

}  // namespace bench::corpus
