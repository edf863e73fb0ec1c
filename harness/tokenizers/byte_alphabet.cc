#include "harness/tokenizers/byte_alphabet.h"

#include <array>

#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr char32_t kFirstShifted = 0x100;

constexpr bool IsItself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> char_of_byte{};
  std::array<int16_t, 512> byte_of_char{};  // -1: none

  constexpr Alphabet() {
    byte_of_char.fill(-1);
    char32_t next_shifted = kFirstShifted;
    for (int byte = 0; byte < 256; ++byte) {
      const char32_t c = IsItself(byte) ? static_cast<char32_t>(byte) : next_shifted++;
      char_of_byte[static_cast<size_t>(byte)] = c;
      byte_of_char[c] = static_cast<int16_t>(byte);
    }
  }
};
constexpr Alphabet kAlphabet;

}  // namespace

char32_t CharOfByte(uint8_t byte) { return kAlphabet.char_of_byte[byte]; }

std::optional<uint8_t> ByteOfChar(char32_t c) {
  if (c >= kAlphabet.byte_of_char.size() || kAlphabet.byte_of_char[c] < 0) return std::nullopt;
  return static_cast<uint8_t>(kAlphabet.byte_of_char[c]);
}

std::optional<std::string> BytesOfToken(std::string_view token) {
  std::string bytes;
  for (const char32_t c : CodePoints(token)) {
    const std::optional<uint8_t> byte = ByteOfChar(c);
    if (!byte) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

std::string TokenOfBytes(std::string_view bytes) {
  std::string token;
  for (const char byte : bytes) AppendUtf8(CharOfByte(static_cast<uint8_t>(byte)), token);
  return token;
}

}  // namespace bench::harness
