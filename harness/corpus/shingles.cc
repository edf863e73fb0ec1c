#include "harness/corpus/shingles.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>
#include <xxhash.h>

#include <array>
#include <memory>

#include "harness/corpus/char_class.h"
#include "harness/text/text.h"

namespace bench::corpus {
namespace {

// What a character becomes: itself folded, or one of these, which fold to no character.
constexpr char32_t kSeparator = 0xFFFF'FFFF;
constexpr char32_t kDropped = 0xFFFF'FFFE;
constexpr char32_t kDigit = 0xFFFF'FFFD;

// Lower case without diacritics, where that is one character; Hangul stays composed.
char32_t Fold(UChar32 c) {
  const UChar32 lower = u_tolower(c);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return static_cast<char32_t>(lower);
  const icu::UnicodeString decomposed = nfd->normalize(icu::UnicodeString(lower), error);
  UChar32 base = 0;
  int32_t num_bases = 0;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    if (u_charType(decomposed.char32At(i)) == U_NON_SPACING_MARK) continue;
    base = decomposed.char32At(i);
    ++num_bases;
  }
  return static_cast<char32_t>(num_bases == 1 ? base : lower);
}

char32_t ComputeFolded(UChar32 c) {
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_FORMAT_CHAR:
      return kDropped;
    case U_DECIMAL_DIGIT_NUMBER:
      return kDigit;
    case U_CONNECTOR_PUNCTUATION:
      return kSeparator;
    default:
      break;
  }
  const CharClass kind = ComputeCharClass(c);
  const bool in_word = kind == CharClass::kLetter || kind == CharClass::kDigit ||
                       kind == CharClass::kExtend || kind == CharClass::kUnspaced;
  return in_word ? Fold(c) : kSeparator;
}

using FoldTable = std::array<char32_t, 0x10000>;
const FoldTable& BasicPlaneFolds() {
  static const std::unique_ptr<const FoldTable> table = [] {
    auto folds = std::make_unique<FoldTable>();
    for (UChar32 c = 0; c < 0x10000; ++c) (*folds)[static_cast<size_t>(c)] = ComputeFolded(c);
    return folds;
  }();
  return *table;
}

struct Folded {
  UChar32 original = 0;
  char32_t value = 0;
  size_t end = 0;
};

Folded FoldedAt(std::string_view text, size_t i) {
  const FoldTable& table = BasicPlaneFolds();
  const auto first = static_cast<uint8_t>(text[i]);
  if (first < 0x80) return {first, table[first], i + 1};
  UChar32 c;
  U8_NEXT_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), i, c);
  return {c, c < 0x10000 ? table[static_cast<size_t>(c)] : ComputeFolded(c), i};
}

}  // namespace

const std::vector<uint64_t>& Shingler::Shingles(std::string_view text,
                                                const ShingleParameters& parameters) {
  Normalize(text);
  shingles_.clear();
  const auto n =
      static_cast<size_t>(is_unspaced() ? parameters.ngram_characters : parameters.ngram_words);
  for (size_t i = 0; i + n <= words_.size(); ++i) {
    const uint32_t begin = words_[i].begin, end = words_[i + n - 1].end;
    shingles_.push_back(XXH3_64bits(normalized_.data() + begin, end - begin));
  }
  return shingles_;
}

const std::string& Shingler::Normalize(std::string_view text) {
  normalized_.clear();
  normalized_.reserve(text.size());
  words_.clear();
  num_unspaced_ = 0;
  in_word_ = after_unspaced_ = false;
  for (size_t i = 0; i < text.size();) TakeCharacter(text, i);
  EndWord();
  return normalized_;
}

void Shingler::TakeCharacter(std::string_view text, size_t& i) {
  const Folded c = FoldedAt(text, i);
  if (c.value == kDigit) return TakeNumber(text, i);
  i = c.end;
  if (c.value == kDropped) return;
  if (c.value == kSeparator) return EndWord();
  if (c.original >= 0x80 && ClassOf(BasicPlaneClasses(), c.original) == CharClass::kUnspaced) {
    return AddUnspaced(c.value);
  }
  AppendToWord(c.value);
}

void Shingler::TakeNumber(std::string_view text, size_t& i) {
  const auto skip_digits = [&] {
    while (i < text.size()) {
      const Folded c = FoldedAt(text, i);
      if (c.value != kDigit) break;
      i = c.end;
    }
  };
  skip_digits();
  const bool has_point = i + 1 < text.size() && (text[i] == '.' || text[i] == ',');
  if (has_point && FoldedAt(text, i + 1).value == kDigit) {
    ++i;
    skip_digits();
  }
  AppendToWord(U'0');
}

void Shingler::AppendToWord(char32_t c) {
  if (!in_word_) {
    if (!normalized_.empty()) normalized_.push_back(' ');
    word_begin_ = normalized_.size();
    in_word_ = true;
    after_unspaced_ = false;
  }
  if (c < 0x80) {
    normalized_.push_back(static_cast<char>(c));
  } else {
    harness::AppendUtf8(c, normalized_);
  }
}

void Shingler::AddUnspaced(char32_t c) {
  EndWord();
  if (!normalized_.empty() && !after_unspaced_) normalized_.push_back(' ');
  const size_t begin = normalized_.size();
  harness::AppendUtf8(c, normalized_);
  words_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(normalized_.size())});
  ++num_unspaced_;
  after_unspaced_ = true;
}

void Shingler::EndWord() {
  if (!in_word_) return;
  words_.push_back({static_cast<uint32_t>(word_begin_), static_cast<uint32_t>(normalized_.size())});
  in_word_ = false;
}

}  // namespace bench::corpus
