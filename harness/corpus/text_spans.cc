#include "harness/corpus/text_spans.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "harness/corpus/char_class.h"
#include "harness/corpus/text_limits.h"

namespace bench::corpus {
namespace {

struct Character {
  UChar32 code_point = 0;
  CharClass kind = CharClass::kSymbol;
  size_t end = 0;  // byte after it
};

Character CharacterAt(std::string_view text, size_t i) {
  const CharClassTable& table = BasicPlaneClasses();
  const auto first = static_cast<uint8_t>(text[i]);
  if (first < 0x80) return {first, table[first], i + 1};
  UChar32 c;
  U8_NEXT_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), i, c);
  return {c, ClassOf(table, c), i};
}

bool IsWordClass(CharClass kind) {
  return kind == CharClass::kLetter || kind == CharClass::kDigit || kind == CharClass::kExtend;
}

// UAX #29 MidNumLet and Single_Quote (between letters or digits), and MidNum (between digits).
bool Joins(UChar32 c, CharClass kind) {
  const bool both = c == '\'' || c == '.' || c == 0x2019 || c == 0x2018;
  if (kind == CharClass::kLetter) return both;
  return kind == CharClass::kDigit && (both || c == ',' || c == ';');
}

}  // namespace

int64_t CountCharacters(std::string_view valid_utf8) {
  return std::count_if(valid_utf8.begin(), valid_utf8.end(),
                       [](char c) { return static_cast<int8_t>(c) >= -0x40; });
}

// ICU's word iterator over UTF-8, opened when the first unspaced text is met.
class Segmenter::Dictionary {
 public:
  ~Dictionary() {
    if (text_ != nullptr) utext_close(text_);
    if (iterator_ != nullptr) ubrk_close(iterator_);
  }

  // Calls `visit(begin, end)` for each word of `run`, offsets in bytes. Without ICU's data the
  // run is one word.
  template <typename Visitor>
  void ForEachWord(std::string_view run, Visitor visit) {
    if (!SetText(run)) return visit(size_t{0}, run.size());
    int32_t begin = ubrk_first(iterator_);
    for (int32_t end = ubrk_next(iterator_); end != UBRK_DONE; end = ubrk_next(iterator_)) {
      visit(static_cast<size_t>(begin), static_cast<size_t>(end));
      begin = end;
    }
  }

 private:
  bool SetText(std::string_view run) {
    UErrorCode error = U_ZERO_ERROR;
    if (iterator_ == nullptr) iterator_ = ubrk_open(UBRK_WORD, "", nullptr, 0, &error);
    text_ = utext_openUTF8(text_, run.data(), static_cast<int64_t>(run.size()), &error);
    if (U_FAILURE(error)) return false;
    ubrk_setUText(iterator_, text_, &error);
    return U_SUCCESS(error);
  }

  UBreakIterator* iterator_ = nullptr;
  UText* text_ = nullptr;
};

Segmenter::Segmenter() : dictionary_(std::make_unique<Dictionary>()) {}
Segmenter::~Segmenter() = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;

const TextSpans& Segmenter::Segment(std::string_view text) {
  spans_.text = text;
  spans_.words.clear();
  spans_.lines.clear();
  spans_.num_characters = spans_.num_newlines = 0;
  spans_.num_non_symbol_words = spans_.num_unspaced_words = 0;
  spans_.is_cut = false;
  size_t line_begin = 0;
  for (size_t i = 0; i < text.size() && !spans_.is_cut;) {
    const Character c = CharacterAt(text, i);
    switch (c.kind) {
      case CharClass::kSpace:
        i = c.end;
        break;
      case CharClass::kNewline:
        EndLine(line_begin, i);
        ++spans_.num_newlines;
        ++spans_.num_characters;
        line_begin = i = c.end;
        break;
      case CharClass::kSymbol:
        TakeSymbols(i);
        break;
      case CharClass::kUnspaced:
        TakeUnspaced(i);
        break;
      default:
        TakeWord(i);
    }
  }
  if (line_begin < text.size()) EndLine(line_begin, text.size());
  return spans_;
}

void Segmenter::TakeWord(size_t& i) {
  const std::string_view text = spans_.text;
  const size_t begin = i;
  bool has_letter = false;
  CharClass last = CharClass::kExtend;  // of the last letter or digit
  while (i < text.size()) {
    const Character c = CharacterAt(text, i);
    if (IsWordClass(c.kind)) {
      has_letter |= c.kind == CharClass::kLetter;
      if (c.kind != CharClass::kExtend || c.code_point == '_') last = c.kind;
      i = c.end;
    } else if (Joins(c.code_point, last) && c.end < text.size() &&
               CharacterAt(text, c.end).kind == last) {
      i = c.end;
    } else {
      break;
    }
  }
  AddWord(begin, i, has_letter ? WordKind::kAlphabetic : WordKind::kNumber);
}

void Segmenter::TakeSymbols(size_t& i) {
  const std::string_view text = spans_.text;
  const size_t begin = i;
  const Character first = CharacterAt(text, i);
  for (i = first.end; i < text.size();) {
    const Character c = CharacterAt(text, i);
    if (c.code_point != first.code_point) break;
    i = c.end;
  }
  AddWord(begin, i, WordKind::kSymbol);
}

void Segmenter::TakeUnspaced(size_t& i) {
  const std::string_view text = spans_.text;
  const size_t begin = i;
  while (i < text.size()) {
    const Character c = CharacterAt(text, i);
    if (c.kind != CharClass::kUnspaced) break;
    i = c.end;
  }
  dictionary_->ForEachWord(text.substr(begin, i - begin), [&](size_t from, size_t to) {
    AddWord(begin + from, begin + to, WordKind::kUnspaced);
  });
}

bool Segmenter::IsFull() {
  spans_.is_cut |= spans_.words.size() + spans_.lines.size() >= size_t{kMaxTextSpans};
  return spans_.is_cut;
}

void Segmenter::AddWord(size_t begin, size_t end, WordKind kind) {
  if (IsFull()) return;
  const std::string_view word = spans_.text.substr(begin, end - begin);
  spans_.words.push_back({word, static_cast<uint32_t>(CountCharacters(word)), kind});
  spans_.num_non_symbol_words += kind != WordKind::kSymbol;
  spans_.num_unspaced_words += kind == WordKind::kUnspaced;
}

void Segmenter::EndLine(size_t begin, size_t end) {
  if (IsFull()) return;
  const std::string_view line = spans_.text.substr(begin, end - begin);
  const auto num_characters = static_cast<uint32_t>(CountCharacters(line));
  const uint32_t first = spans_.lines.empty() ? 0 : spans_.lines.back().end_word;
  spans_.lines.push_back({line, num_characters, first, static_cast<uint32_t>(spans_.words.size())});
  spans_.num_characters += num_characters;
}

}  // namespace bench::corpus
