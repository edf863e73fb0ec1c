#include "harness/corpus/evaluation_texts.h"

#include <xxhash.h>

#include "harness/text/text.h"

namespace bench::corpus {
namespace {

uint64_t FoldedHash(std::string_view text) {
  const std::string folded = harness::FoldText(text);
  return XXH3_64bits(folded.data(), folded.size());
}

}  // namespace

EvaluationTexts::EvaluationTexts(const std::vector<std::string>& parts,
                                 const ShingleParameters& ngrams)
    : ngrams_(ngrams) {
  for (const std::string& name : parts) parts_.push_back({.name = name});
}

void EvaluationTexts::Add(size_t part, std::string_view text) {
  folded_.insert(FoldedHash(text));
  ++parts_[part].num_texts;
  bool has_ngram = false;
  ngrams_.Add(text, shingler_, [&](size_t number) {
    has_ngram = true;
    parts_of_.resize(ngrams_.size());
    const uint64_t bit = uint64_t{1} << part;
    if ((parts_of_[number] & bit) == 0) ++parts_[part].num_ngrams;
    parts_of_[number] |= bit;
  });
  parts_[part].num_short_texts += !has_ngram;
}

bool EvaluationTexts::Contains(std::string_view text) const {
  return folded_.contains(FoldedHash(text));
}

uint64_t EvaluationTexts::PartsIn(std::string_view text, Shingler& shingler) const {
  uint64_t parts = 0;
  ngrams_.Find(text, shingler, [&](size_t number) { parts |= parts_of_[number]; });
  return parts;
}

}  // namespace bench::corpus
