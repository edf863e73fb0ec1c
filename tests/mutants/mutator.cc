#include "tests/mutants/mutator.h"

#include <algorithm>
#include <array>

namespace bench::mutants {
namespace {

constexpr size_t kMaxEdits = 4;
constexpr size_t kMaxChunkBytes = 256;
constexpr size_t kMaxRepeats = 64;
// At most as many as let a parser that recurses overflow its stack.
constexpr size_t kFewestWords = 256;
constexpr size_t kWordDoublings = 10;
constexpr size_t kMaxMutantBytes = size_t{1} << 22;

// Values at which lengths and counts go wrong.
constexpr std::array<uint64_t, 12> kEdges = {0,
                                             1,
                                             0x7F,
                                             0xFF,
                                             0x7FFF,
                                             0xFFFF,
                                             0x7FFFFFFF,
                                             0x80000000,
                                             0xFFFFFFFFu,
                                             0x1'0000'0000u,
                                             0x7FFFFFFFFFFFFFFFu,
                                             ~uint64_t{0}};
const std::array<std::string, 9> kNumbers = {"0",
                                             "-1",
                                             "65536",
                                             "2147483648",
                                             "4294967296",
                                             "9223372036854775807",
                                             "18446744073709551616",
                                             "1e400",
                                             "0.5"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const std::vector<Mutator::Edit>& Mutator::Edits() {
  static const std::vector<Edit> edits = {&Mutator::FlipBit,         &Mutator::FlipManyBits,
                                          &Mutator::SetByte,         &Mutator::CutEnd,
                                          &Mutator::Remove,          &Mutator::Repeat,
                                          &Mutator::CopyWithin,      &Mutator::Zero,
                                          &Mutator::Splice,          &Mutator::InsertWord,
                                          &Mutator::EditLengthField, &Mutator::ReplaceNumber,
                                          &Mutator::InsertWordOften};
  return edits;
}

std::string Mutator::Next() {
  const std::string& original = AnyFile();
  while (true) {
    std::string bytes = original;
    for (size_t left = 1 + Below(kMaxEdits); left > 0; --left) {
      const Edit edit = Edits()[Below(Edits().size())];
      if (!bytes.empty()) (this->*edit)(bytes);
    }
    if (bytes != original && bytes.size() <= kMaxMutantBytes) return bytes;
  }
}

Mutator::Range Mutator::AnyRange(const std::string& bytes, size_t max_size) {
  const size_t begin = Below(bytes.size());
  return {begin, 1 + Below(std::min(max_size, bytes.size() - begin))};
}

void Mutator::FlipBit(std::string& bytes) {
  char& byte = bytes[Below(bytes.size())];
  byte = static_cast<char>(byte ^ (1 << Below(8)));
}
void Mutator::FlipManyBits(std::string& bytes) {
  for (int i = 0; i < 16; ++i) FlipBit(bytes);
}
void Mutator::SetByte(std::string& bytes) {
  bytes[Below(bytes.size())] = static_cast<char>(Below(256));
}
void Mutator::CutEnd(std::string& bytes) { bytes.resize(Below(bytes.size())); }
void Mutator::Remove(std::string& bytes) {
  const Range range = AnyRange(bytes, kMaxChunkBytes);
  bytes.erase(range.begin, range.size);
}
void Mutator::Repeat(std::string& bytes) {
  const Range range = AnyRange(bytes, kMaxChunkBytes);
  const std::string chunk = bytes.substr(range.begin, range.size);
  std::string repeated;
  for (size_t left = 1 + Below(kMaxRepeats); left > 0; --left) repeated += chunk;
  bytes.insert(range.begin, repeated);
}
void Mutator::CopyWithin(std::string& bytes) {
  const Range range = AnyRange(bytes, kMaxChunkBytes);
  const std::string chunk = bytes.substr(range.begin, range.size);
  const size_t to = Below(bytes.size());
  bytes.replace(to, chunk.size(), chunk);
}
void Mutator::Zero(std::string& bytes) {
  const Range range = AnyRange(bytes, kMaxChunkBytes);
  bytes.replace(range.begin, range.size, range.size, '\0');
}
void Mutator::Splice(std::string& bytes) {
  const std::string& other = AnyFile();
  bytes = bytes.substr(0, Below(bytes.size())) + other.substr(Below(other.size()));
}
void Mutator::EditLengthField(std::string& bytes) {
  const size_t width = size_t{2} << Below(3);
  if (bytes.size() < width) return;
  const size_t at = Below(bytes.size() - width + 1);
  const size_t near_size = bytes.size() + Below(3) - 1;
  const size_t which = Below(kEdges.size() + 1);
  const uint64_t value = which < kEdges.size() ? kEdges[which] : near_size;
  const bool big_endian = Below(2) == 0;
  for (size_t i = 0; i < width; ++i) {
    const size_t shift = 8 * (big_endian ? width - 1 - i : i);
    bytes[at + i] = static_cast<char>(value >> shift);
  }
}
void Mutator::ReplaceNumber(std::string& bytes) {
  const auto begin = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(Below(bytes.size())),
                                  bytes.end(), IsDigit);
  const auto end = std::find_if_not(begin, bytes.end(), IsDigit);
  bytes.replace(begin, end, kNumbers[Below(kNumbers.size())]);
}
void Mutator::InsertWord(std::string& bytes) {
  if (corpus_.words.empty()) return SetByte(bytes);
  bytes.insert(Below(bytes.size()), corpus_.words[Below(corpus_.words.size())]);
}
// One time in eight, since such mutants are large.
void Mutator::InsertWordOften(std::string& bytes) {
  if (corpus_.words.empty() || Below(8) != 0) return InsertWord(bytes);
  const std::string& word = corpus_.words[Below(corpus_.words.size())];
  std::string many;
  for (size_t left = kFewestWords << Below(kWordDoublings); left > 0; --left) many += word;
  bytes.insert(Below(bytes.size()), many);
}

}  // namespace bench::mutants
