// The prompt templates, a table row each; all but `plain` are published ones.
//
//   alpaca  tatsu-lab/stanford_alpaca, train.py, with and without input; ends with EOS
//   plain   the instruction and, on a line of its own, the input; ends with EOS
//   chatml  <|im_start|>user\n...<|im_end|>\n<|im_start|>assistant\n; ends with <|im_end|>
//   llama3  <|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n...<|eot_id|>
//           <|start_header_id|>assistant<|end_header_id|>\n\n (on one line); ends with <|eot_id|>
//
// A prompt is a list of slots: fixed text, control tokens by name, and places for the example's own
// text. A chat template's message is the instruction and, on a line of its own, the input. Of
// several turns each is written as one alone is, answers between them: what the row's Jinja
// renders.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/definition/sft_spec.h"

namespace bench::harness {

enum class SlotKind {
  kBos,          // the tokenizer's BOS, if it has one
  kControl,      // the control token named by `text`
  kText,         // `text`
  kInstruction,  // of the example
  kInput,        // of the example
  kMessage,      // instruction and input as one message
};
struct TemplateSlot {
  SlotKind kind;
  std::string_view text;
};

// Whether a message and an answer lose the white space at their ends, as Jinja's `trim` takes it.
enum class ContentSpace { kKept, kTrimmed };

struct TemplateRow {
  std::span<const TemplateSlot> prompt;  // of an example without input
  std::span<const TemplateSlot> prompt_with_input;
  std::string_view end;  // control token after the answer; empty: EOS
  ContentSpace space = ContentSpace::kKept;
  // The same in Jinja, for tokenizer_config.json. Alpaca's reads the input from message['input'].
  std::string_view jinja;

  // What several turns need beyond their prompts. The first prompt's opening slots come once, the
  // system message behind them.
  size_t num_opening_slots = 1;
  std::span<const TemplateSlot> system = {};  // none: put before the first message, a blank line
                                              // between them
  std::string_view after_answer = "";         // text between an answer's end and the next prompt
};

const TemplateRow& RowOf(PromptTemplate prompt_template);

// SHA-256 over the row: changes with whatever a prompt or a target is made of.
std::string Digest(PromptTemplate prompt_template);

}  // namespace bench::harness
