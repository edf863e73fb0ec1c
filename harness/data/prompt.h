// What an example looks like to the model: prompt and target, as text and as tokens.
//
// Prompt tokens follow the template's slots (prompt_template.h): control tokens and BOS by id, the
// text between two of them encoded as one; target tokens = encoding of the output, with the text
// that the template puts around an answer, + the template's end token. Prompt and target are
// encoded apart, so the prompt is a prefix of the row by construction, and training, evaluation and
// generation all use this encoder: the ids cannot differ. Text never produces a control token
// ("</s>" in a text is four ordinary characters). Truncation keeps the start; a row with no target
// left is dropped.
//
// With earlier turns the prompt is all that was said before the answer, earlier answers encoded as
// targets are (with an end token where the template writes one), so that each of them is a target
// too if it may be learnt from. A template's pieces that are no control tokens of the vocabulary
// (SlotKind::kPiece) are the exception to what text may give: their names in a text are theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/answer_form.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/sft_spec.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

// How a text writes BOS and EOS.
struct SpecialTexts {
  std::string bos, eos;
};

// Control tokens by name.
std::string PromptText(PromptTemplate prompt_template, const SftExample& example,
                       const SpecialTexts& special = {});
// What stands behind it: the answer with the template's text around it, and its end.
std::string TargetText(PromptTemplate prompt_template, const SftExample& example,
                       const SpecialTexts& special = {});

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
  // `tokenizer` must outlive the encoder. UsageError naming the tokens that it lacks.
  static absl::StatusOr<PromptEncoder> Create(const Tokenizer& tokenizer,
                                              PromptTemplate prompt_template);

  std::vector<int64_t> Prompt(const SftExample& example) const;
  std::vector<int64_t> Target(const SftExample& example) const;
  // An answer's text as a target has it, without the end token.
  std::vector<int64_t> Answer(const std::string& text) const;
  // At most `max_tokens` tokens; nullopt when no target token is left.
  std::optional<TokenizedExample> Tokenize(const SftExample& example, int64_t max_tokens) const;
  // What ends a target, and a generation.
  int64_t end_token() const { return answer_form_.end_token; }
  const AnswerForm& answer_form() const { return answer_form_; }
  // Ids of the tokens that the template names, BOS and EOS apart. One may lie behind the
  // tokenizer's own (NumberedToken).
  const std::unordered_map<std::string, int64_t>& named_tokens() const { return named_tokens_; }

 private:
  PromptEncoder(const Tokenizer& tokenizer, PromptTemplate prompt_template)
      : tokenizer_(&tokenizer), row_(&RowOf(prompt_template)) {}

  TokenizedExample PromptWithTargets(const SftExample& example) const;
  absl::Status FindNamedTokens(PromptTemplate prompt_template);

  const Tokenizer* tokenizer_;
  const TemplateRow* row_;
  std::unordered_map<std::string, int64_t> named_tokens_;  // those that the template names
  AnswerForm answer_form_;
};

}  // namespace bench::harness
