#include "harness/tokenizers/sentencepiece_proto.h"

#include <bit>
#include <cstdint>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field of a message. Numbers are in `number`, strings and messages in `bytes`.
struct WireField {
  uint64_t tag = 0;
  uint64_t number = 0;
  std::string_view bytes;
};

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  bool AtEnd() const { return rest_.empty(); }

  absl::StatusOr<WireField> Next() {
    BENCH_ASSIGN_OR_RETURN(const uint64_t key, Varint());
    WireField field;
    field.tag = key >> 3;
    switch (static_cast<WireType>(key & 7)) {
      case WireType::kVarint: {
        BENCH_ASSIGN_OR_RETURN(field.number, Varint());
        return field;
      }
      case WireType::kBytes: {
        BENCH_ASSIGN_OR_RETURN(const uint64_t size, Varint());
        BENCH_ASSIGN_OR_RETURN(field.bytes, Take(size));
        return field;
      }
      case WireType::kFixed32:
        return Fixed(field, 4);
      case WireType::kFixed64:
        return Fixed(field, 8);
    }
    return DataError(absl::StrCat("field ", field.tag, " has an unknown wire type"));
  }

 private:
  absl::StatusOr<WireField> Fixed(WireField field, size_t size) {
    BENCH_ASSIGN_OR_RETURN(const std::string_view bytes, Take(size));
    for (size_t i = 0; i < size; ++i) {
      field.number |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    }
    return field;
  }

  absl::StatusOr<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      BENCH_ASSIGN_OR_RETURN(const std::string_view byte, Take(1));
      value |= uint64_t{static_cast<uint8_t>(byte[0]) & 0x7Fu} << shift;
      if ((static_cast<uint8_t>(byte[0]) & 0x80) == 0) return value;
    }
    return DataError("a number of more than 64 bits");
  }

  absl::StatusOr<std::string_view> Take(uint64_t size) {
    if (size > rest_.size()) return DataError("the message ends too early");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

using OnField = std::function<absl::Status(const WireField&)>;

absl::Status ForEachField(std::string_view message, const OnField& on_field) {
  WireReader reader(message);
  while (!reader.AtEnd()) {
    BENCH_ASSIGN_OR_RETURN(const WireField field, reader.Next());
    BENCH_RETURN_IF_ERROR(on_field(field));
  }
  return absl::OkStatus();
}

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
