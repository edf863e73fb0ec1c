// A set of n-grams of texts, numbered in the order in which they came: which long passages two
// sets of texts have in common.
//
// N-grams are shingles (shingles.h): of words in text with spaces, of characters in text without.
// A text is searched for both, so that a Chinese passage is also found in an English document.
// Memory: about 16 bytes an n-gram. Equality is that of 64-bit hashes: among 10^6 n-grams a text of
// 1,000 words has a false match with probability 10^9 / 2^64.
// Adding is for one thread, finding for any number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "harness/corpus/shingles.h"

namespace bench::corpus {

using NgramVisitor = std::function<void(size_t number)>;

class NgramSet {
 public:
  explicit NgramSet(const ShingleParameters& parameters) : parameters_(parameters) {}

  // `visit` gets the number of each n-gram of the text, new or not.
  void Add(std::string_view text, Shingler& shingler, const NgramVisitor& visit = nullptr);
  // `visit` gets the number of each n-gram of the text that is in the set, as often as it occurs.
  void Find(std::string_view text, Shingler& shingler, const NgramVisitor& visit) const;
  size_t size() const { return size_; }

 private:
  using Numbers = absl::flat_hash_map<uint64_t, uint32_t>;
  const ShingleParameters parameters_;
  Numbers of_words_, of_characters_;
  size_t size_ = 0;
};

}  // namespace bench::corpus
