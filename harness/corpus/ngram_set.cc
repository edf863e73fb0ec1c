#include "harness/corpus/ngram_set.h"

namespace bench::corpus {

void NgramSet::Add(std::string_view text, Shingler& shingler, const NgramVisitor& visit) {
  const auto& hashes = shingler.Shingles(text, parameters_);
  Numbers& numbers = shingler.is_unspaced() ? of_characters_ : of_words_;
  for (const uint64_t hash : hashes) {
    const auto [found, added] = numbers.try_emplace(hash, static_cast<uint32_t>(size_));
    size_ += added;
    if (visit) visit(found->second);
  }
}

void NgramSet::Find(std::string_view text, Shingler& shingler, const NgramVisitor& visit) const {
  const auto find = [&](const Numbers& numbers, int64_t n) {
    if (numbers.empty()) return;
    for (const uint64_t hash : shingler.Shingles(text, {n, n})) {
      if (const auto found = numbers.find(hash); found != numbers.end()) visit(found->second);
    }
  };
  find(of_words_, parameters_.ngram_words);
  find(of_characters_, parameters_.ngram_characters);
}

}  // namespace bench::corpus
