#include "results/text.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace bench::results {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Decoded {
  uint32_t code_point;
  size_t size;
};

// Smallest code point that needs `size` bytes: shorter ones are overlong.
constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

size_t SequenceSize(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The code point at the start of `text`, nullopt if it does not start with a well-formed one.
std::optional<Decoded> DecodeOne(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t size = SequenceSize(lead);
  if (size == 0 || size > text.size()) return std::nullopt;
  if (size == 1) return Decoded{lead, 1};
  uint32_t code_point = lead & (0xFFu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    code_point = code_point << 6 | (byte & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kSmallest[size] || surrogate || code_point > 0x10FFFF) return std::nullopt;
  return Decoded{code_point, size};
}

bool IsUnsafe(uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool bidirectional =
      c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  const bool line_separator = c == 0x2028 || c == 0x2029;
  return control || bidirectional || line_separator;
}

}  // namespace

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::optional<Decoded> decoded = DecodeOne(text);
    const size_t size = decoded ? decoded->size : 1;
    const bool keep = decoded && decoded->code_point != 0;
    out += keep ? text.substr(0, size) : kReplacement;
    text.remove_prefix(size);
  }
  return out;
}

std::string EscapeForTerminal(std::string_view text) {
  const std::string valid = ValidUtf8(text);
  std::string out;
  for (std::string_view rest = valid; !rest.empty();) {
    const Decoded decoded = *DecodeOne(rest);
    if (!IsUnsafe(decoded.code_point)) {
      out += rest.substr(0, decoded.size);
    } else if (decoded.code_point < 0x100) {
      absl::StrAppendFormat(&out, "\\x%02x", decoded.code_point);
    } else {
      absl::StrAppendFormat(&out, "\\u{%04x}", decoded.code_point);
    }
    rest.remove_prefix(decoded.size);
  }
  return out;
}

}  // namespace bench::results
