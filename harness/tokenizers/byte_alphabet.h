// The alphabet in which byte-level BPE writes bytes: one printable character a byte.
//
// Bytes 0x21-0x7E, 0xA1-0xAC and 0xAE-0xFF stand for the characters of the same number; the other
// 68, in order, for U+0100 on, so that a space is U+0120. Source: GPT-2, encoder.py,
// bytes_to_unicode.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench::harness {

// 0xC0, 0xC1 and 0xF5 on occur in no valid UTF-8.
constexpr bool OccursInUtf8(uint8_t byte) { return byte < 0xC0 || (byte >= 0xC2 && byte <= 0xF4); }

char32_t CharOfByte(uint8_t byte);
std::optional<uint8_t> ByteOfChar(char32_t c);

// Bytes that a token's text (valid UTF-8) stands for; nullopt if a character is not of the
// alphabet.
std::optional<std::string> BytesOfToken(std::string_view token);
// The text of a token that stands for `bytes`.
std::string TokenOfBytes(std::string_view bytes);

}  // namespace bench::harness
