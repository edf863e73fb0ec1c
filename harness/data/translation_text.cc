#include "harness/data/translation_text.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr std::string_view kMarkers = "_&";

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiAlnum(char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); }

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// One pair of brackets around an accelerator: ASCII, or the full-width ones of Chinese.
struct Brackets {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<Brackets, 2> kBrackets = {{{"(", ")"}, {"（", "）"}}};

// Removes every "(<marker>X)" with the spaces before it; says whether there was one.
bool RemoveAccelerators(char marker, std::string& text) {
  bool found = false;
  for (const Brackets& brackets : kBrackets) {
    const std::string begin = std::string(brackets.open) + marker;
    const size_t length = begin.size() + 1 + brackets.close.size();
    for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
      const std::string_view accelerator = std::string_view(text).substr(at, length);
      if (accelerator.size() < length || !IsAsciiAlnum(accelerator[begin.size()])) continue;
      if (!accelerator.ends_with(brackets.close)) continue;
      const std::string before = TrimTrailingWhitespace(std::string_view(text).substr(0, at));
      text.replace(0, at + length, before);
      found = true;
      at = before.empty() ? 0 : before.size() - 1;
    }
  }
  return found;
}

// Whether the only `marker` of the English text marks a mnemonic, and is not part of a name such as
// foo_bar, R&D or __init: a letter follows, and it begins a word or the Chinese has an accelerator.
bool MarksMnemonic(char marker, const TranslatedMessage& message, bool has_accelerator) {
  const std::string& english = message.english;
  if (std::count(english.begin(), english.end(), marker) != 1) return false;
  const size_t at = english.find(marker);
  if (at + 1 == english.size() || !IsAsciiAlnum(english[at + 1])) return false;
  if (at > 0 && IsAsciiAlnum(english[at - 1]) && !has_accelerator) return false;
  for (const std::string* text : {&message.simplified, &message.traditional}) {
    if (std::count(text->begin(), text->end(), marker) > 1) return false;
  }
  return has_accelerator || !Contains(message.simplified, english.substr(at, 2));
}

void RemoveMarker(char marker, TranslatedMessage& message) {
  bool has_accelerator = RemoveAccelerators(marker, message.simplified);
  has_accelerator |= RemoveAccelerators(marker, message.traditional);
  RemoveAccelerators(marker, message.english);
  if (!MarksMnemonic(marker, message, has_accelerator)) return;
  for (std::string* text : {&message.english, &message.simplified, &message.traditional}) {
    std::erase(*text, marker);
  }
}

bool IsCredits(const TranslatedMessage& message) {
  constexpr std::array<std::string_view, 4> kCredits = {"translator-credits", "translator_credits",
                                                        "Your names", "Your emails"};
  if (std::find(kCredits.begin(), kCredits.end(), message.english) != kCredits.end()) return true;
  return Contains(message.simplified + message.traditional, "@") && !Contains(message.english, "@");
}

// "&lt;", "&amp;", ...
bool HasEntity(std::string_view text) {
  for (size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    size_t end = at + 1;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    if (end > at + 1 && end < text.size() && text[end] == ';') return true;
  }
  return false;
}

bool HasMarkup(std::string_view text) {
  for (const std::string_view mark : {"</", "/>", "<br", "<p>"}) {
    if (Contains(text, mark)) return true;
  }
  return HasEntity(text);
}

// Position after the bracketed name that begins at `open`, and `extra` characters more; 0 if none.
size_t EndOfName(std::string_view text, size_t open, char close, size_t extra) {
  const size_t end = text.find(close, open);
  return end == std::string_view::npos || end + extra >= text.size() ? 0 : end + 1 + extra;
}

size_t SkipAny(std::string_view text, size_t at, std::string_view set) {
  return std::min(text.find_first_not_of(set, at), text.size());
}

// %[n$][flags][width][.precision][length]conversion; 0 if that is not what stands at `at`.
size_t EndOfPrintf(std::string_view text, size_t at) {
  constexpr std::string_view kDigits = "0123456789";
  const size_t after_number = SkipAny(text, at + 1, kDigits);
  const bool is_positional = after_number < text.size() && text[after_number] == '$';
  size_t i = SkipAny(text, is_positional ? after_number + 1 : at + 1, "-+ #0'");
  i = SkipAny(text, i, "*0123456789");
  if (i < text.size() && text[i] == '.') i = SkipAny(text, i + 1, "*0123456789");
  i = SkipAny(text, i, "hlLqjzt");
  if (i == text.size()) return 0;
  return IsAsciiLetter(text[i]) || Contains("<>%", text.substr(i, 1)) ? i + 1 : 0;
}

// Position after the directive that begins with the '%' or '{' at `at`; `at` if there is none:
// printf's, %(name)s, %1, {name}.
size_t EndOfDirective(std::string_view text, size_t at) {
  if (text[at] == '{') return std::max(EndOfName(text, at, '}', 0), at);
  if (text.substr(at + 1, 1) == "(") return std::max(EndOfName(text, at, ')', 1), at);
  if (const size_t end = EndOfPrintf(text, at)) return end;
  const size_t after_number = SkipAny(text, at + 1, "0123456789");
  return after_number > at + 1 ? after_number : at;
}

int NumLettersOutsideDirectives(std::string_view text) {
  int letters = 0;
  for (size_t i = 0; i < text.size();) {
    const size_t end = text[i] == '%' || text[i] == '{' ? EndOfDirective(text, i) : i;
    if (end > i) {
      i = end;
      continue;
    }
    letters += IsAsciiLetter(text[i]) ? 1 : 0;
    ++i;
  }
  return letters;
}

bool HasSeveralLines(const TranslatedMessage& message) {
  return HasControlCharacter(message.english) || HasControlCharacter(message.simplified) ||
         HasControlCharacter(message.traditional);
}

}  // namespace

std::string_view Name(MessageDrop reason) {
  constexpr std::array<std::string_view, 5> kNames = {"credits", "several_lines", "markup",
                                                      "context_prefix", "format_only"};
  return kNames[static_cast<size_t>(reason)];
}

TranslatedMessage CleanMessage(TranslatedMessage message) {
  for (const char marker : kMarkers) RemoveMarker(marker, message);
  message.english = TrimWhitespace(message.english);
  for (std::string* text : {&message.simplified, &message.traditional}) {
    *text = HasHan(*text) ? TrimWhitespace(*text) : std::string();
  }
  return message;
}

std::optional<MessageDrop> DropReason(const TranslatedMessage& cleaned) {
  if (IsCredits(cleaned)) return MessageDrop::kCredits;
  if (HasSeveralLines(cleaned)) return MessageDrop::kSeveralLines;
  if (HasMarkup(cleaned.english)) return MessageDrop::kMarkup;
  if (Contains(cleaned.english, "|") && !Contains(cleaned.simplified, "|")) {
    return MessageDrop::kContextPrefix;
  }
  if (NumLettersOutsideDirectives(cleaned.english) < 2) return MessageDrop::kFormatOnly;
  return std::nullopt;
}

}  // namespace bench::harness
