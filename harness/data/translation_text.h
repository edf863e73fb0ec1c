// Cleaning of one gettext message before it becomes training pairs, and why a message is dropped.
//
// Cleaning: accelerators "(_F)", "(&F)" go, with the spaces before them; so do the markers of
// mnemonics
// ("_File", "E_xit", "&Open") where the text around them shows that they are not part of a name;
// outer white space goes. A translation without a Chinese character is no translation and becomes
// "".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bench::harness {

struct TranslatedMessage {
  std::string english;
  std::string simplified;   // "": not translated
  std::string traditional;  // "": not translated
};

// Reasons, in the order in which they are tried.
enum class MessageDrop {
  kCredits,        // names and addresses of translators
  kSeveralLines,   // control characters: newlines, tabs
  kMarkup,         // XML or HTML
  kContextPrefix,  // "context|text" of old catalogues
  kFormatOnly,     // fewer than two letters besides format directives
};
std::string_view Name(MessageDrop reason);

TranslatedMessage CleanMessage(TranslatedMessage message);
std::optional<MessageDrop> DropReason(const TranslatedMessage& cleaned);

}  // namespace bench::harness
