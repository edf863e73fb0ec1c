// Unicode helpers of the data library: strict UTF-8, code points, white space, folding.
//
// Properties of characters are ICU's (Unicode 15 in ICU 72). None of these allocates more than a
// small multiple of its input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench::harness {

// Byte offset of the first byte that is not part of valid UTF-8 (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF); nullopt if all is valid.
std::optional<size_t> FirstInvalidUtf8(std::string_view text);

// Code points of valid UTF-8; an invalid byte becomes U+FFFD.
std::u32string CodePoints(std::string_view text);
void AppendUtf8(char32_t code_point, std::string& out);
std::string ToUtf8(std::u32string_view text);

// Code points in `text`.
int64_t NumCharacters(std::string_view text);

// Without white space (Unicode White_Space) at both ends.
std::string TrimWhitespace(std::string_view text);
std::string TrimTrailingWhitespace(std::string_view text);
// As Python's str.strip() and Jinja's trim: Unicode White_Space and the separators U+001C-001F.
std::string StripAsPython(std::string_view text);
// Bytes of white space at the beginning and at the end; linear in these, not in the text.
size_t LeadingWhitespaceBytes(std::string_view text);
size_t TrailingWhitespaceBytes(std::string_view text);

// Lower case, letters and decimal digits only: what two texts that differ in case, punctuation and
// spacing have in common. The text itself if nothing would be left.
std::string FoldText(std::string_view text);

// Whether `text` has a character of the Han script.
bool HasHan(std::string_view text);
// Han script, CJK punctuation (U+3000-303F) or a full-width form (U+FF00-FFEF).
bool IsHanOrFullWidth(char32_t code_point);
// Whether `text` has a control character (general category Cc: newline, tab, NUL, ...).
bool HasControlCharacter(std::string_view text);

}  // namespace bench::harness
