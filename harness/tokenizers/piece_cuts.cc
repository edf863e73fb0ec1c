#include "harness/tokenizers/piece_cuts.h"

#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr char32_t kSpaceMark = U'\u2581';  // stands for a space in pieces

bool Qualifies(const SentencePieceDescription& model) {
  return model.model == PieceModel::kBpe && model.byte_fallback && !model.has_character_map &&
         !model.adds_dummy_prefix && !model.removes_extra_whitespace && model.escapes_whitespace &&
         !model.whitespace_is_suffix;
}

bool IsJoined(PieceKind kind) { return kind == PieceKind::kNormal || kind == PieceKind::kUnused; }

}  // namespace

std::unique_ptr<PieceCuts> PieceCuts::Create(const SentencePieceDescription& model) {
  if (!Qualifies(model)) return nullptr;
  auto cuts = std::make_unique<PieceCuts>();
  for (const SentencePiece& piece : model.pieces) {
    if (IsJoined(piece.kind)) cuts->AddPairs(piece.text);
  }
  return cuts;
}

// A text may have the mark itself, which is then the same as a space.
void PieceCuts::AddPairs(const std::string& piece) {
  const std::u32string characters = CodePoints(piece);
  const auto forms = [](char32_t c) -> std::u32string {
    if (c == U' ' || c == kSpaceMark) return {U' ', kSpaceMark};
    return {c};
  };
  for (size_t i = 0; i + 1 < characters.size(); ++i) {
    for (const char32_t left : forms(characters[i])) {
      for (const char32_t right : forms(characters[i + 1])) {
        const auto a = static_cast<int32_t>(left), b = static_cast<int32_t>(right);
        if (a < kAscii && b < kAscii) {
          ascii_pairs_.set(AsciiPair(a, b));
        } else {
          pairs_.insert(Pair(a, b));
        }
      }
    }
  }
}

}  // namespace bench::harness
