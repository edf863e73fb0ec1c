#include "harness/corpus/sentences.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace bench::corpus {
namespace {

UChar32 FirstCharacter(std::string_view text) {
  UChar32 c;
  U8_GET_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), 0, c);
  return c;
}

bool Touch(const Word& a, const Word& b) { return a.text.data() + a.text.size() == b.text.data(); }

// The first word after symbols that touch `words[i]` from behind.
size_t AfterClosing(const TextSpans& spans, size_t i, size_t end) {
  for (++i; i < end; ++i) {
    if (!spans.words[i].IsSymbol() || !Touch(spans.words[i - 1], spans.words[i])) break;
  }
  return i;
}

// Whether the terminal before `next`, whose last symbol is `last`, ends a sentence.
bool Ends(const Word& terminal, const Word& last, const Word& next) {
  const UChar32 c = FirstCharacter(terminal.text);
  if (next.kind == WordKind::kUnspaced || c >= 0x3000) return true;
  if (Touch(last, next)) return false;
  return c != '.' || !u_islower(FirstCharacter(next.text));
}

}  // namespace

bool EndsInTerminal(const Word& word) {
  if (!word.IsSymbol()) return false;
  const UChar32 c = FirstCharacter(word.text);  // a symbol word is a run of one character
  return c < 0x80 ? c == '.' || c == '!' || c == '?' : u_hasBinaryProperty(c, UCHAR_S_TERM) != 0;
}

int64_t CountSentences(const TextSpans& spans, const Line& line) {
  int64_t num_sentences = 0;
  bool open = false;
  for (size_t i = line.begin_word; i < line.end_word;) {
    const Word& word = spans.words[i];
    if (!EndsInTerminal(word)) {
      open |= !word.IsSymbol();
      ++i;
      continue;
    }
    const size_t next = AfterClosing(spans, i, line.end_word);
    if (next == line.end_word || Ends(word, spans.words[next - 1], spans.words[next])) {
      num_sentences += open;
      open = false;
    }
    i = next;
  }
  return num_sentences + (open ? 1 : 0);
}

}  // namespace bench::corpus
