// What a prompt template is: a row of data. Each file beside this one is one template, and
// harness/data/prompt_template.cc is the table of them.
//
// A prompt is a list of slots: fixed text, control tokens by name, and places for the example's own
// text. A conversation is
//
//   opening slots   the first num_opening_slots of `prompt`
//   system slots    with the conversation's system message, or the row's own where it has none
//   first prompt    the rest of `prompt`
//   answer          before_answer, the answer, behind_answer, end token
//   after_answer    text, then later_prompt and the next answer, for each later turn
//   tail            behind the last prompt, before its answer
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench::harness {

enum class SlotKind {
  kBos,          // the tokenizer's BOS, if it has one
  kControl,      // the control token named by `text`
  kText,         // `text`
  kInstruction,  // of the example
  kInput,        // of the example
  kMessage,      // instruction and input as one message
  kPiece,  // the token named by `text`, whatever the vocabulary calls it: control token or not
  kTurn,   // number of the turn, in decimal digits
};
struct TemplateSlot {
  SlotKind kind;
  std::string_view text;
};

// Of a message and an answer.
enum class ContentSpace {
  kKept,
  kTrimmed,       // white space at the ends goes, as Jinja's `trim` takes it
  kSingleBreaks,  // "\r\n" becomes "\n", then "\n\n" becomes "\n", each from left to right
};

// Which answers of a conversation have the end token behind them. The last has it always: it is
// where a model learns to stop.
enum class EndedAnswers { kAll, kLast };

// What the digest of a row is made of.
enum class DigestedParts {
  kPrompts,  // prompts, end and space: the rows from before there were others
  kWhole,
};

// An id that the family's own code gives to a name, behind the pieces of the file of the
// vocabulary, which does not have it. Only for a vocabulary of exactly `vocab_size` pieces.
struct NumberedToken {
  std::string_view name;
  int64_t id;
  int64_t vocab_size;
};

struct TemplateRow {
  std::span<const TemplateSlot> prompt;  // of an example without input
  std::span<const TemplateSlot> prompt_with_input;
  std::string_view end;  // token after the answer; empty: EOS
  ContentSpace space = ContentSpace::kKept;
  // The same in Jinja, for tokenizer_config.json. Alpaca's reads the input from message['input'].
  std::string_view jinja;

  // What several turns need beyond their prompts. The first prompt's opening slots come once, the
  // system message behind them.
  size_t num_opening_slots = 1;
  std::span<const TemplateSlot> system = {};  // none: put before the first message, a blank line
                                              // between them
  std::string_view after_answer = "";         // text between an answer's end and the next prompt

  SlotKind end_kind = SlotKind::kControl;  // or kPiece
  std::string_view default_system = "";  // of a conversation without a system message; empty: none
  std::span<const TemplateSlot> later_prompt = {};  // empty: `prompt` without its opening slots
  // Marks that the answer is written behind. What stands before them may be read in both
  // directions, so no earlier answer is trained on.
  std::span<const TemplateSlot> tail = {};
  // Parts of an answer's text: what a model generates before and behind it. A single space in front
  // is left to a tokenizer that puts one there itself.
  std::string_view before_answer = "";
  std::string_view behind_answer = "";
  EndedAnswers ended = EndedAnswers::kAll;
  int64_t first_turn = 0;                              // number of the first
  std::span<const std::string_view> stop_texts = {};   // that end a generation too
  std::span<const std::string_view> stop_tokens = {};  // the same, tokens by name
  std::span<const NumberedToken> numbered = {};
  DigestedParts digested = DigestedParts::kWhole;
};

}  // namespace bench::harness
