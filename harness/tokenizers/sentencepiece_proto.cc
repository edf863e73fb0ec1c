#include "harness/tokenizers/sentencepiece_proto.h"

#include <bit>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/wire_format.h"

namespace bench::harness {
namespace {

absl::StatusOr<SentencePiece> ReadPiece(std::string_view message) {
  SentencePiece piece;
  BENCH_RETURN_IF_ERROR(ForEachField(message, [&](const WireField& field) {
    if (field.tag == 1) piece.text = std::string(field.bytes);
    if (field.tag == 2) piece.score = std::bit_cast<float>(static_cast<uint32_t>(field.number));
    if (field.tag == 3) {
      if (field.number < 1 || field.number > 6) {
        return DataError(absl::StrCat("a piece of unknown kind ", field.number));
      }
      piece.kind = static_cast<PieceKind>(field.number);
    }
    return absl::OkStatus();
  }));
  return piece;
}

absl::Status ReadTrainerSettings(std::string_view message, SentencePieceDescription& out) {
  return ForEachField(message, [&](const WireField& field) {
    if (field.tag == 24) out.whitespace_is_suffix = field.number != 0;
    if (field.tag == 35) out.byte_fallback = field.number != 0;
    if (field.tag == 3) {
      if (field.number < 1 || field.number > 4) {
        return DataError(absl::StrCat("a model of unknown type ", field.number));
      }
      out.model = static_cast<PieceModel>(field.number);
    }
    return absl::OkStatus();
  });
}

absl::Status ReadNormalizerSettings(std::string_view message, SentencePieceDescription& out) {
  return ForEachField(message, [&](const WireField& field) {
    if (field.tag == 2) out.has_character_map = !field.bytes.empty();
    if (field.tag == 3) out.adds_dummy_prefix = field.number != 0;
    if (field.tag == 4) out.removes_extra_whitespace = field.number != 0;
    if (field.tag == 5) out.escapes_whitespace = field.number != 0;
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<SentencePieceDescription> DescribeSentencePiece(std::string_view model) {
  SentencePieceDescription description;
  BENCH_RETURN_IF_ERROR(ForEachField(model, [&](const WireField& field) -> absl::Status {
    if (field.tag == 1) {
      BENCH_ASSIGN_OR_RETURN(SentencePiece piece, ReadPiece(field.bytes));
      description.pieces.push_back(std::move(piece));
    }
    if (field.tag == 2) return ReadTrainerSettings(field.bytes, description);
    if (field.tag == 3) return ReadNormalizerSettings(field.bytes, description);
    return absl::OkStatus();
  }));
  return description;
}

}  // namespace bench::harness
