// Where a text can be cut so that its parts become the same tokens alone as together.
//
// Byte-pair encoding joins two neighbours only if the vocabulary has the result. So nothing joins
// across two characters that stand beside each other in no piece, and the text's tokens are those
// of its parts. User-defined pieces, which are matched as a whole before anything is joined, are
// left to the caller. That needs a model that changes no character of the text and nothing at its
// ends, and bytes for unknown characters (neighbouring unknown ones are one token otherwise);
// Create refuses others.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "harness/tokenizers/sentencepiece_proto.h"

namespace bench::harness {

class PieceCuts {
 public:
  // nullptr for a model of another kind.
  static std::unique_ptr<PieceCuts> Create(const SentencePieceDescription& model);

  bool CanCut(int32_t left, int32_t right) const {
    if (left < kAscii && right < kAscii) return !ascii_pairs_[AsciiPair(left, right)];
    return !pairs_.contains(Pair(left, right));
  }

 private:
  static constexpr int32_t kAscii = 128;
  static constexpr uint64_t Pair(int32_t left, int32_t right) {
    return static_cast<uint64_t>(left) << 32 | static_cast<uint32_t>(right);
  }
  void AddPairs(const std::string& piece);

  static constexpr size_t AsciiPair(int32_t left, int32_t right) {
    return static_cast<size_t>(left) * kAscii + static_cast<size_t>(right);
  }

  std::bitset<size_t{kAscii} * kAscii> ascii_pairs_;
  absl::flat_hash_set<uint64_t> pairs_;
};

}  // namespace bench::harness
