// What a SentencePiece model file says about itself: pieces with scores and kinds, and the settings
// that decide how text becomes pieces.
//
// Reads the protocol buffer wire format of sentencepiece_model.proto; Debian's development package
// does not install the generated header. Unknown fields are skipped.
// Errors: DataError for bytes that are no such message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

// Numbered as in the file.
enum class PieceKind { kNormal = 1, kUnknown, kControl, kUserDefined, kUnused, kByte };
enum class PieceModel { kUnigram = 1, kBpe, kWord, kCharacter };

struct SentencePiece {
  std::string text;
  float score = 0;
  PieceKind kind = PieceKind::kNormal;
};

struct SentencePieceDescription {
  std::vector<SentencePiece> pieces;  // by id
  PieceModel model = PieceModel::kUnigram;
  bool byte_fallback = false;
  bool whitespace_is_suffix = false;
  // Of the normaliser; the defaults are the file format's.
  bool has_character_map = false;
  bool adds_dummy_prefix = true;
  bool removes_extra_whitespace = true;
  bool escapes_whitespace = true;
};

absl::StatusOr<SentencePieceDescription> DescribeSentencePiece(std::string_view model);

}  // namespace bench::harness
