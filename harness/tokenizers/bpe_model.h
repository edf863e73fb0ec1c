// Byte-pair encoding of one word: the merge rules of a vocabulary applied to the word's bytes.
//
// Starts with one token a byte and applies, again and again, the rule of lowest rank that fits
// somewhere (the leftmost place on ties), as PyPI `tokenizers` does, down to what becomes of an
// entry of its queue that a neighbouring merge has overtaken. A priority queue over a linked list:
// O(n log n) in the word's length. With `ignore_merges` a word that is itself a token is that
// token. With `merges_by_id` the rules are the tokens themselves, as in PyPI `tiktoken`, whose ids
// are ranks: any two neighbours whose bytes together are a token merge, the lowest id first. A byte
// without a token (SmolLM's vocabularies lack 21) becomes the unknown token, or is
// left out where there is none, before anything is merged, so that its neighbours may merge. Words
// of up to 64 bytes are remembered in a table of fixed size; Encode may be called from several
// threads. Source: Sennrich et al., arXiv:1508.07909; GPT-2, encoder.py (bytes). Errors: DataError
// for a byte whose token is a control token, or a rule whose parts or result are no tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

struct BpeRules {
  // Tokens as bytes, with their ids (distinct, within 31 bits).
  std::vector<std::pair<std::string, int32_t>> tokens;
  // Left and right part, by rising rank. Of two equal rules the later one counts.
  std::vector<std::pair<std::string, std::string>> merges;
  // Tokens that no word may become (control tokens).
  std::vector<int32_t> unreachable;
  bool ignore_merges = false;
  bool merges_by_id = false;       // in place of `merges`
  std::optional<int32_t> unknown;  // stands for a byte that has no token
  bool fuse_unknown = false;       // one for all of a run of such bytes
};

class BpeModel {
 public:
  static absl::StatusOr<BpeModel> Create(const BpeRules& rules);
  BpeModel(BpeModel&&) noexcept;
  BpeModel& operator=(BpeModel&&) noexcept;
  ~BpeModel();

  // Appends the tokens of `word` (valid UTF-8).
  void Encode(std::string_view word, std::vector<int64_t>& tokens) const;

 private:
  struct Tables;
  class Cache;
  BpeModel();
  // The word's tokens before any is merged.
  std::vector<int32_t> FirstTokens(std::string_view word) const;
  void Merge(std::string_view word, std::vector<int32_t>& tokens) const;

  std::unique_ptr<Tables> tables_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace bench::harness
