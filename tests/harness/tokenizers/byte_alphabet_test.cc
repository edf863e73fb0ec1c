#include "harness/tokenizers/byte_alphabet.h"

#include <gtest/gtest.h>

#include <set>

namespace bench::harness {
namespace {

// GPT-2's table, at the ends of its ranges.
TEST(ByteAlphabet, IsGpt2s) {
  EXPECT_EQ(CharOfByte('!'), U'!');
  EXPECT_EQ(CharOfByte('~'), U'~');
  EXPECT_EQ(CharOfByte(0xA1), 0xA1u);
  EXPECT_EQ(CharOfByte(0xFF), 0xFFu);
  EXPECT_EQ(CharOfByte(0), 0x100u);
  EXPECT_EQ(CharOfByte('\n'), U'Ċ');
  EXPECT_EQ(CharOfByte(' '), U'Ġ');
  EXPECT_EQ(CharOfByte(0x7F), 0x121u);
  EXPECT_EQ(CharOfByte(0xA0), 0x142u);
  EXPECT_EQ(CharOfByte(0xAD), 0x143u);
}

TEST(ByteAlphabet, GivesEveryByteACharacterOfItsOwnAndBack) {
  std::set<char32_t> characters;
  for (int byte = 0; byte < 256; ++byte) {
    const char32_t c = CharOfByte(static_cast<uint8_t>(byte));
    characters.insert(c);
    EXPECT_EQ(ByteOfChar(c), static_cast<uint8_t>(byte));
  }
  EXPECT_EQ(characters.size(), 256u);
}

TEST(ByteAlphabet, OtherCharactersStandForNoByte) {
  for (const char32_t c : {U' ', U'\n', char32_t{0x7F}, char32_t{0xAD}, char32_t{0x144}, U'打'}) {
    EXPECT_EQ(ByteOfChar(c), std::nullopt);
  }
  EXPECT_EQ(BytesOfToken("a b"), std::nullopt);
  EXPECT_EQ(BytesOfToken("Ġæīĵ"), " 打");
  EXPECT_EQ(TokenOfBytes(" 打"), "Ġæīĵ");
}

}  // namespace
}  // namespace bench::harness
