#include "harness/definition/message_text.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

constexpr size_t kMaxQuoted = 80;

// C0 controls and DEL are one byte; U+0080..U+009F, which terminals obey too, follow 0xC2.
bool IsControl(std::string_view text, size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  if (byte < 0x20 || byte == 0x7f) return true;
  return byte >= 0x80 && byte < 0xa0 && i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xc2;
}

// The longest prefix of at most `size` bytes that does not end inside a UTF-8 sequence.
std::string_view Cut(std::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsControl(text, i)) {
      printable += text[i];
      continue;
    }
    char escape[5];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(text[i]));
    printable += escape;
  }
  return printable;
}

std::string Quoted(std::string_view text) {
  const std::string_view shown = Cut(text, kMaxQuoted);
  return absl::StrCat("\"", Printable(shown), shown.size() < text.size() ? "...\"" : "\"");
}

}  // namespace bench::harness
