// The words and lines of a text as views into it, found in one pass and shared by all filters.
//
// Words follow UAX #29 for text with spaces (letters, digits, marks and '_' join; ' ’ . between
// two letters or two digits, and , ; between two digits, are inside a word), and ICU's dictionary
// for scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese). What UAX #29 leaves between
// words is kept as symbol words, one per run of the same character ("...", "##", "-"), because the
// rules of data filters count such tokens. White space separates and is no word.
//
// Lines are separated by "\n"; the text "a\n" has one line, as for Python's splitlines.
// Lengths in characters are code points. Time: linear; text without unspaced scripts needs no ICU.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/definition/writing_system.h"

namespace bench::corpus {

enum class WordKind : uint8_t {
  kSymbol,      // no letter, digit or mark
  kNumber,      // digits, no letter
  kAlphabetic,  // has a letter of a script with spaces
  kUnspaced,    // of a script without spaces: counts as alphabetic
};

using harness::WritingSystem;

struct Word {
  std::string_view text;
  uint32_t num_characters = 0;
  WordKind kind = WordKind::kSymbol;

  bool IsSymbol() const { return kind == WordKind::kSymbol; }
  bool HasLetter() const { return kind == WordKind::kAlphabetic || kind == WordKind::kUnspaced; }
};

struct Line {
  std::string_view text;  // without "\n"
  uint32_t num_characters = 0;
  uint32_t begin_word = 0;  // its words are [begin_word, end_word)
  uint32_t end_word = 0;
};

struct TextSpans {
  std::string_view text;
  std::vector<Word> words;
  std::vector<Line> lines;
  int64_t num_characters = 0;
  int64_t num_newlines = 0;
  int64_t num_non_symbol_words = 0;
  int64_t num_unspaced_words = 0;
  bool is_cut = false;  // words and lines are over kMaxTextSpans (text_limits.h): the first ones

  // kUnspaced when more than half of the words that are no symbols are of an unspaced script.
  WritingSystem writing_system() const {
    return 2 * num_unspaced_words > num_non_symbol_words ? WritingSystem::kUnspaced
                                                         : WritingSystem::kSpaced;
  }
};

int64_t CountCharacters(std::string_view valid_utf8);

// Holds ICU's iterator and the vectors' memory between documents; one per thread.
class Segmenter {
 public:
  Segmenter();
  ~Segmenter();
  Segmenter(Segmenter&&) noexcept;

  // Spans of `text` (valid UTF-8, below 4 GiB), valid until the next call and while `text` lives.
  const TextSpans& Segment(std::string_view text);

 private:
  class Dictionary;
  void TakeWord(size_t& i);
  void TakeSymbols(size_t& i);
  void TakeUnspaced(size_t& i);
  void AddWord(size_t begin, size_t end, WordKind kind);
  void EndLine(size_t begin, size_t end);
  bool IsFull();

  std::unique_ptr<Dictionary> dictionary_;
  TextSpans spans_;
};

}  // namespace bench::corpus
