#include "harness/text/text.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace bench::harness {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Calls `visit(code_point, begin, end)` for each code point; stops when it returns false. Invalid
// bytes give a negative code point.
template <typename Visitor>
void ForEachCodePoint(std::string_view text, Visitor visit) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const size_t size = text.size();
  for (size_t i = 0; i < size;) {
    const size_t begin = i;
    UChar32 code_point;
    U8_NEXT(bytes, i, size, code_point);
    if (!visit(code_point, begin, i)) return;
  }
}

template <typename Predicate>
bool AnyCodePoint(std::string_view text, Predicate predicate) {
  bool found = false;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) {
    found = c >= 0 && predicate(c);
    return !found;
  });
  return found;
}

}  // namespace

std::optional<size_t> FirstInvalidUtf8(std::string_view text) {
  std::optional<size_t> invalid;
  ForEachCodePoint(text, [&](UChar32 c, size_t begin, size_t) {
    if (c < 0) invalid = begin;
    return c >= 0;
  });
  return invalid;
}

std::u32string CodePoints(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) {
    result.push_back(c < 0 ? kReplacement : static_cast<char32_t>(c));
    return true;
  });
  return result;
}

void AppendUtf8(char32_t code_point, std::string& out) {
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, code_point);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

std::string ToUtf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : text) AppendUtf8(c, result);
  return result;
}

int64_t NumCharacters(std::string_view text) {
  int64_t count = 0;
  ForEachCodePoint(text, [&](UChar32, size_t, size_t) { return ++count > 0; });
  return count;
}

std::string TrimTrailingWhitespace(std::string_view text) {
  size_t last = 0;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t end) {
    if (c < 0 || !u_isUWhiteSpace(c)) last = end;
    return true;
  });
  return std::string(text.substr(0, last));
}

std::string TrimWhitespace(std::string_view text) {
  size_t first = text.size();
  ForEachCodePoint(text, [&](UChar32 c, size_t begin, size_t) {
    const bool is_text = c < 0 || !u_isUWhiteSpace(c);
    if (is_text) first = begin;
    return !is_text;
  });
  return TrimTrailingWhitespace(text.substr(first));
}

std::string StripAsPython(std::string_view text) {
  const auto is_space = [](char32_t c) {
    return u_isUWhiteSpace(static_cast<UChar32>(c)) || (c >= 0x1C && c <= 0x1F);
  };
  const std::u32string characters = CodePoints(text);
  const auto first = std::find_if_not(characters.begin(), characters.end(), is_space);
  const auto last = std::find_if_not(characters.rbegin(), characters.rend(), is_space).base();
  return first < last ? ToUtf8(std::u32string(first, last)) : "";
}

size_t LeadingWhitespaceBytes(std::string_view text) {
  size_t num_bytes = 0;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t end) {
    const bool is_space = c >= 0 && u_isUWhiteSpace(c);
    if (is_space) num_bytes = end;
    return is_space;
  });
  return num_bytes;
}

size_t TrailingWhitespaceBytes(std::string_view text) {
  size_t at = text.size();
  while (at > 0) {
    // ICU counts positions in 32 bits, so it sees one character's bytes only.
    const auto window = static_cast<int32_t>(std::min<size_t>(at, U8_MAX_LENGTH));
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data()) + at - window;
    int32_t begin = window;
    UChar32 c;
    U8_PREV(bytes, 0, begin, c);
    if (c < 0 || !u_isUWhiteSpace(c)) break;
    at -= static_cast<size_t>(window - begin);
  }
  return text.size() - at;
}

std::string FoldText(std::string_view text) {
  std::string folded;
  ForEachCodePoint(text, [&](UChar32 c, size_t, size_t) {
    if (c < 0) return true;
    const UChar32 lower = u_tolower(c);
    if (u_isalnum(lower)) AppendUtf8(static_cast<char32_t>(lower), folded);
    return true;
  });
  return folded.empty() ? std::string(text) : folded;
}

bool HasHan(std::string_view text) {
  return AnyCodePoint(text, [](UChar32 c) { return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC); });
}

bool IsHanOrFullWidth(char32_t code_point) {
  const bool cjk_punctuation = code_point >= 0x3000 && code_point <= 0x303F;
  const bool full_width = code_point >= 0xFF00 && code_point <= 0xFFEF;
  return cjk_punctuation || full_width ||
         u_hasBinaryProperty(static_cast<UChar32>(code_point), UCHAR_IDEOGRAPHIC);
}

bool HasControlCharacter(std::string_view text) {
  return AnyCodePoint(text, [](UChar32 c) { return u_charType(c) == U_CONTROL_CHAR; });
}

}  // namespace bench::harness
