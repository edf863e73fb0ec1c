// The texts that models are evaluated on, and what of a corpus repeats them.
//
// Contains: whether a short text (a message) is one of them, by its folded form (FoldText of
// harness/text/text.h), so that case, spacing and punctuation do not hide it. PartsIn: which parts
// (up to 64) share an n-gram with a document (ngram_set.h).
// Adding is for one thread, the questions for any number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "harness/corpus/ngram_set.h"

namespace bench::corpus {

class EvaluationTexts {
 public:
  struct Part {
    std::string name;
    int64_t num_texts = 0;
    int64_t num_ngrams = 0;       // different ones
    int64_t num_short_texts = 0;  // too short for an n-gram: only Contains knows them
  };

  EvaluationTexts(const std::vector<std::string>& parts, const ShingleParameters& ngrams);

  void Add(size_t part, std::string_view text);

  bool Contains(std::string_view text) const;
  // Bit i is set when an n-gram of `text` is one of part i.
  uint64_t PartsIn(std::string_view text, Shingler& shingler) const;
  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
  absl::flat_hash_set<uint64_t> folded_;
  NgramSet ngrams_;
  std::vector<uint64_t> parts_of_;  // by the n-gram's number
  Shingler shingler_;
};

}  // namespace bench::corpus
