// What an example looks like to the model: prompt and target, as text and as tokens.
//
// Prompt tokens follow the template's slots (prompt_template.h): control tokens and BOS by id, the
// text between two of them encoded as one; target tokens = encoding of the output + the template's
// end token. Prompt and target are encoded apart, so the prompt is a prefix of the row by
// construction, and training, evaluation and generation all use this encoder: the ids cannot
// differ. Text never produces a control token ("</s>" in a text is four ordinary characters).
// Truncation keeps the start; a row with no target left is dropped.
//
// With earlier turns the prompt is all that was said before the answer, earlier answers encoded as
// targets are, so that each of them is a target too if it may be learnt from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/sft_spec.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

// Control tokens by name; without BOS.
std::string PromptText(PromptTemplate prompt_template, const SftExample& example);

// The fixed texts of a template's prompts, each of which a tokenizer may have as one piece.
std::vector<std::string> FixedTexts(PromptTemplate prompt_template);

// Tokens [begin, end) of a row.
struct TokenSpan {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const TokenSpan&, const TokenSpan&) = default;
};

struct TokenizedExample {
  std::vector<int64_t> tokens;  // prompt, then target
  int64_t num_prompt_tokens = 0;
  std::vector<TokenSpan> earlier_targets;  // within the prompt, each with its end token
};

class PromptEncoder {
 public:
  // `tokenizer` must outlive the encoder. UsageError naming the control tokens that it lacks.
  static absl::StatusOr<PromptEncoder> Create(const Tokenizer& tokenizer,
                                              PromptTemplate prompt_template);

  std::vector<int64_t> Prompt(const SftExample& example) const;
  std::vector<int64_t> Target(const SftExample& example) const { return Answer(example.output); }
  // At most `max_tokens` tokens; nullopt when no target token is left.
  std::optional<TokenizedExample> Tokenize(const SftExample& example, int64_t max_tokens) const;
  // What ends a target, and a generation.
  int64_t end_token() const { return end_token_; }

 private:
  PromptEncoder(const Tokenizer& tokenizer, PromptTemplate prompt_template)
      : tokenizer_(&tokenizer), row_(&RowOf(prompt_template)) {}

  TokenizedExample PromptWithTargets(const SftExample& example) const;
  std::vector<int64_t> Answer(const std::string& text) const;

  const Tokenizer* tokenizer_;
  const TemplateRow* row_;
  std::unordered_map<std::string, int64_t> control_tokens_;  // those that the template names
  int64_t end_token_ = 0;
};

}  // namespace bench::harness
