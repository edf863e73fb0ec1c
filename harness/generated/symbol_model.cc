#include "harness/generated/symbol_model.h"

#include <string_view>

#include "absl/strings/str_replace.h"
#include "harness/tokenizers/sentencepiece_proto.h"
#include "results/exports/protobuf_writer.h"

namespace bench::harness::generated {
namespace {

using results::ProtobufWriter;

// Fields of sentencepiece_model.proto. A text is taken as it is: what is left out of the
// normaliser's settings (a map of characters) is empty.
constexpr int kPieces = 1, kTrainer = 2, kNormalizer = 3;
constexpr int kPieceText = 1, kPieceScore = 2, kPieceKind = 3;
constexpr int kModelType = 3, kPadId = 43;
constexpr int kNormalizerName = 1, kAddDummyPrefix = 3, kRemoveExtraWhitespace = 4;

ProtobufWriter Piece(std::string_view text, PieceKind kind) {
  ProtobufWriter piece;
  piece.Bytes(kPieceText, text).Float(kPieceScore, 0).Varint(kPieceKind, static_cast<int>(kind));
  return piece;
}

}  // namespace

std::string SymbolModel(const std::vector<std::string>& symbols) {
  ProtobufWriter model;
  model.Bytes(kPieces, Piece("<unk>", PieceKind::kUnknown).bytes());
  for (const std::string_view name : {"<s>", "</s>", "<pad>"}) {
    model.Bytes(kPieces, Piece(name, PieceKind::kControl).bytes());
  }
  for (const std::string& symbol : symbols) {
    // SentencePiece's mark for a space.
    const std::string text = absl::StrReplaceAll(symbol, {{" ", "\u2581"}});
    model.Bytes(kPieces, Piece(text, PieceKind::kUserDefined).bytes());
  }
  ProtobufWriter trainer;
  trainer.Varint(kModelType, static_cast<int>(PieceModel::kCharacter)).Varint(kPadId, 3);
  ProtobufWriter normalizer;
  normalizer.Bytes(kNormalizerName, "identity")
      .Varint(kAddDummyPrefix, 0)
      .Varint(kRemoveExtraWhitespace, 0);
  model.Bytes(kTrainer, trainer.bytes()).Bytes(kNormalizer, normalizer.bytes());
  return model.bytes();
}

}  // namespace bench::harness::generated
