// A SentencePiece model in the format of PyPI `tokenizers` (tokenizer.json), so that both give the
// same ids (there with special tokens as text: transformers' split_special_tokens=True).
//
//   characters  BPE without merges, user-defined pieces as added tokens: equal for every text
//   bpe         merges = all pairs of pieces that make a piece, by its score, user-defined pieces
//   as
//               added tokens: equal unless one piece can be made of two different pairs at two
//               places of a text at once, where SentencePiece takes the left one
//   unigram     scores, user-defined ones as SentencePiece computes them, control and byte pieces
//               out of reach: equal unless two segmentations' scores differ by less than the
//               rounding of SentencePiece's 32-bit sums, or user-defined pieces with unknown
//               characters overlap
//
// Errors: DataError saying what cannot be expressed: a normaliser other than space -> U+2581, word
// models, unused pieces, equal scores or a piece over 64 KiB (bpe), a normal piece with an unknown
// character (unigram).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

struct ConvertedSentencePiece {
  std::string tokenizer_json;
  std::string caveat;  // which texts may differ; empty: none
};

// `bos` is the control piece to put before a text; empty: none.
absl::StatusOr<ConvertedSentencePiece> ConvertSentencePiece(std::string_view model,
                                                            std::string_view bos);

}  // namespace bench::harness
