#include "harness/tokenizers/chatglm_model.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "base/wire_format.h"
#include "harness/tokenizers/chatglm_text.h"
#include "harness/tokenizers/sentencepiece_proto.h"

namespace bench::harness {
namespace {

// Of sentencepiece_model.proto. Every field of the message itself is a message.
constexpr uint64_t kPieceField = 1;
constexpr uint64_t kTrainerField = 2;
constexpr uint64_t kLastField = 5;
constexpr std::string_view kByteFallbackOn = "\x98\x02\x01";  // field 35: true

bool IsMark(std::string_view text) {
  return std::find(kChatglmMarks.begin(), kChatglmMarks.end(), text) != kChatglmMarks.end();
}

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// A message or text as the field `tag`.
void AppendField(uint64_t tag, std::string_view bytes, std::string& out) {
  AppendVarint(tag << 3 | 2, out);
  AppendVarint(bytes.size(), out);
  out += bytes;
}

// The type of a piece, as its last field: it replaces an earlier one.
std::string TypeField(PieceKind kind) { return {'\x18', static_cast<char>(kind)}; }

void AppendPiece(std::string_view text, PieceKind kind, std::string& out) {
  std::string piece;
  AppendField(1, text, piece);
  AppendField(kPieceField, absl::StrCat(piece, TypeField(kind)), out);
}

// What the first published file lacks.
void AppendMissingPieces(std::string& out) {
  for (const std::string_view mark : kChatglmMarks) AppendPiece(mark, PieceKind::kControl, out);
  for (const std::string& mark : ChatglmBlankMarks()) {
    AppendPiece(mark, PieceKind::kUserDefined, out);
  }
  for (int byte = 0; byte < 256; ++byte) {
    AppendPiece(absl::StrFormat("<0x%02X>", byte), PieceKind::kByte, out);
  }
  AppendField(kTrainerField, kByteFallbackOn, out);
}

absl::Status CheckWhole(const absl::flat_hash_set<std::string>& texts) {
  std::vector<std::string> needed = ChatglmBlankMarks();
  needed.insert(needed.end(), kChatglmMarks.begin(), kChatglmMarks.end());
  for (const std::string& text : needed) {
    if (!texts.contains(text)) {
      return DataError(absl::StrCat("no model of ChatGLM-6B: it has <|tab|>, but no ", text));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CompleteChatglmModel(std::string_view bytes) {
  BENCH_ASSIGN_OR_RETURN(const SentencePieceDescription description, DescribeSentencePiece(bytes));
  absl::flat_hash_set<std::string> texts;
  for (const SentencePiece& piece : description.pieces) texts.insert(piece.text);
  if (!texts.contains("<n>")) {
    return DataError("no model of ChatGLM-6B: it has no piece <n>, a line feed's");
  }
  const bool is_whole = texts.contains("<|tab|>");
  if (is_whole) BENCH_RETURN_IF_ERROR(CheckWhole(texts));
  std::string completed;
  size_t id = 0;
  BENCH_RETURN_IF_ERROR(ForEachField(bytes, [&](const WireField& field) {
    if (field.tag == 0 || field.tag > kLastField) return absl::OkStatus();
    const bool is_mark = field.tag == kPieceField && IsMark(description.pieces.at(id++).text);
    const std::string type = is_mark ? TypeField(PieceKind::kControl) : std::string();
    AppendField(field.tag, absl::StrCat(internal::View(field.bytes), type), completed);
    return absl::OkStatus();
  }));
  if (!is_whole) AppendMissingPieces(completed);
  return completed;
}

}  // namespace bench::harness
