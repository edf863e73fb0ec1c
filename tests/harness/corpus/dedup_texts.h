// Texts whose shingle sets have a known Jaccard similarity.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/determinism/random.h"

namespace bench::corpus {

// `count` random words of 9 letters: with 5 * 10^12 of them none repeats by chance.
inline std::vector<std::string> RandomWords(harness::Random& random, size_t count) {
  std::vector<std::string> words(count);
  for (std::string& word : words) {
    for (int i = 0; i < 9; ++i) word.push_back(static_cast<char>('a' + random.Below(26)));
  }
  return words;
}

inline std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Two texts of which `num_shared` of 200 different 5-grams are in both: Jaccard num_shared / 200.
// Each has n 5-grams, n + n - num_shared = 200; num_shared is even.
inline std::pair<std::string, std::string> PairWithJaccard(harness::Random& random,
                                                           size_t num_shared) {
  const size_t num_words = (200 + num_shared) / 2 + 4;
  std::vector<std::string> a = RandomWords(random, num_words), b = a;
  const size_t num_equal = num_shared == 0 ? 0 : num_shared + 4;
  const auto other = RandomWords(random, num_words - num_equal);
  std::copy(other.begin(), other.end(), b.begin() + static_cast<std::ptrdiff_t>(num_equal));
  return {Joined(a), Joined(b)};
}

}  // namespace bench::corpus
