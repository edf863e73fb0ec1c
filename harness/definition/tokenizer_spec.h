// stage = "tokenizer": a SentencePiece model trained on a part of a data set.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/definition/artifact_ref.h"

namespace bench::harness {

class FieldList;
class Violations;

enum class TokenizerAlgorithm { kUnigram, kBpe, kCharacter };
constexpr std::array<std::string_view, 3> EnumNames(TokenizerAlgorithm) {
  return {"unigram", "bpe", "character"};
}

// Which prompt template's fixed texts become one piece each.
enum class TemplatePieces { kNone, kAlpaca };
constexpr std::array<std::string_view, 2> EnumNames(TemplatePieces) { return {"none", "alpaca"}; }

struct TokenizerSpec {
  ArtifactRef dataset;               // required
  std::string dataset_part = "sft";  // which of its parts is read
  TokenizerAlgorithm algorithm = TokenizerAlgorithm::kUnigram;
  int64_t vocab_size = 0;           // required; pieces, with the special and byte pieces
  double character_coverage = 1.0;  // of the characters that occur; others become bytes
  bool byte_fallback = true;
  int64_t num_threads = 1;
  bool split_han = false;  // every Han character and full-width mark stays a piece of its own
  TemplatePieces template_pieces = TemplatePieces::kNone;
  int64_t instruction_piece_min_count = 0;  // 0: instructions get no pieces of their own
};

void Describe(TokenizerSpec& spec, FieldList& fields);
void Validate(const TokenizerSpec& spec, const Violations& violations);

}  // namespace bench::harness
