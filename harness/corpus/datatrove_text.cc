#include "harness/corpus/datatrove_text.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "harness/corpus/datatrove_rules.h"
#include "harness/corpus/text_limits.h"

namespace bench::corpus {
namespace {

icu::UnicodeSet MakeSet(std::string_view pattern) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString utf16 =
      icu::UnicodeString::fromUTF8({pattern.data(), static_cast<int32_t>(pattern.size())});
  icu::UnicodeSet set(utf16, error);
  set.freeze();
  return set;
}

const icu::UnicodeSet& Punctuation() {
  static const icu::UnicodeSet set = MakeSet(kDatatrovePunctuation);
  return set;
}
const icu::UnicodeSet& Terminals() {
  static const icu::UnicodeSet set = MakeSet(kDatatroveTerminals);
  return set;
}

UChar32 Next(std::string_view text, size_t& i) {
  UChar32 c;
  U8_NEXT_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), i, c);
  return c;
}

WordKind KindOf(std::string_view word) {
  bool is_symbol = true;
  for (size_t i = 0; i < word.size();) {
    const UChar32 c = Next(word, i);
    if ((U_GET_GC_MASK(c) & U_GC_L_MASK) != 0) return WordKind::kAlphabetic;
    is_symbol &= Punctuation().contains(c) != 0 || Terminals().contains(c) != 0;
  }
  return is_symbol ? WordKind::kSymbol : WordKind::kNumber;
}

bool IsDigit(UChar32 c) { return u_charType(c) == U_DECIMAL_DIGIT_NUMBER; }

bool IsDecimalSeparator(UChar32 c) {
  return c == '.' || c == ',' || c == 0x060C || c == 0x066B || (c >= 0x2396 && c <= 0x2398);
}

int32_t AfterDigits(const icu::UnicodeString& text, int32_t i) {
  while (i < text.length() && IsDigit(text.char32At(i))) i = text.moveIndex32(i, 1);
  return i;
}

int32_t AfterNumber(const icu::UnicodeString& text, int32_t i) {
  const int32_t end = AfterDigits(text, i);
  if (end >= text.length() || !IsDecimalSeparator(text.char32At(end))) return end;
  const int32_t decimals = text.moveIndex32(end, 1);
  const int32_t after = AfterDigits(text, decimals);
  return after == decimals ? end : after;
}

// Numbers, punctuation and white space replaced, white space at the ends removed.
icu::UnicodeString Plain(const icu::UnicodeString& text) {
  icu::UnicodeString plain;
  for (int32_t i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    if (IsDigit(c)) {
      plain.append(u'0');
      i = AfterNumber(text, i);
      continue;
    }
    i = text.moveIndex32(i, 1);
    if (u_isUWhiteSpace(c) == 0 && Punctuation().contains(c) == 0) {
      plain.append(c);
    } else if (!plain.isEmpty() && plain.charAt(plain.length() - 1) != u' ') {
      plain.append(u' ');
    }
  }
  return plain.trim();
}

}  // namespace

const TextSpans& DatatroveSegmenter::Segment(std::string_view text) {
  spans_ = {.text = text, .words = std::move(spans_.words), .lines = std::move(spans_.lines)};
  spans_.words.clear();
  spans_.lines.clear();
  for (const std::string_view word : english_.Words(text, kMaxTextSpans)) {
    const WordKind kind = KindOf(word);
    spans_.words.push_back({word, static_cast<uint32_t>(CountCharacters(word)), kind});
    spans_.num_non_symbol_words += kind != WordKind::kSymbol;
  }
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    AddLine(begin, end);
    spans_.num_newlines += end < text.size();
    begin = end + 1;
  }
  spans_.num_characters += spans_.num_newlines;
  spans_.is_cut = spans_.words.size() + spans_.lines.size() > size_t{kMaxTextSpans};
  return spans_;
}

void DatatroveSegmenter::AddLine(size_t begin, size_t end) {
  const std::string_view line = spans_.text.substr(begin, end - begin);
  const auto num_characters = static_cast<uint32_t>(CountCharacters(line));
  const uint32_t first = spans_.lines.empty() ? 0 : spans_.lines.back().end_word;
  uint32_t last = first;
  const char* const line_end = line.data() + line.size();
  while (last < spans_.words.size() && spans_.words[last].text.data() < line_end) ++last;
  spans_.lines.push_back({line, num_characters, first, last});
  spans_.num_characters += num_characters;
}

bool EndsInDatatroveTerminal(std::string_view line) {
  if (line.empty()) return false;
  size_t i = line.size();
  UChar32 c;
  U8_PREV_UNSAFE(reinterpret_cast<const uint8_t*>(line.data()), i, c);
  return Terminals().contains(c) != 0;
}

std::string SimplifiedText(std::string_view text) {
  icu::UnicodeString lower =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  lower.toLower(icu::Locale::getRoot());
  const icu::UnicodeString plain = Plain(lower);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  const icu::UnicodeString decomposed = U_SUCCESS(error) ? nfd->normalize(plain, error) : plain;
  icu::UnicodeString bare;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) bare.append(c);
  }
  std::string result;
  bare.trim().toUTF8String(result);
  return result;
}

}  // namespace bench::corpus
