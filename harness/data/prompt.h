// What an example looks like to the model: prompt and target, as text and as tokens.
//
// Template alpaca (tatsu-lab/stanford_alpaca, train.py), with and without input. Prompt tokens =
// BOS + encoding of the prompt text; target tokens = encoding of the output + EOS. The two are
// encoded apart, so the prompt is a prefix of the row by construction, and training, evaluation and
// generation all use these functions: the ids cannot differ. Text never produces BOS, EOS or
// padding ("</s>" in a text is four ordinary characters). Truncation keeps the start; a row with no
// target left is dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/data/alpaca.h"
#include "harness/data/tokenizer.h"
#include "harness/definition/sft_spec.h"

namespace bench::harness {

std::string PromptText(PromptTemplate prompt_template, const SftExample& example);

// The fixed texts of a template's prompts, each of which a tokenizer may have as one piece.
std::vector<std::string> FixedTexts(PromptTemplate prompt_template);

std::vector<int64_t> PromptTokens(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                                  const SftExample& example);
std::vector<int64_t> TargetTokens(const Tokenizer& tokenizer, const SftExample& example);

struct TokenizedExample {
  std::vector<int64_t> tokens;  // prompt, then target
  int64_t num_prompt_tokens = 0;
};

// At most `max_tokens` tokens; nullopt when no target token is left.
std::optional<TokenizedExample> TokenizeExample(const Tokenizer& tokenizer,
                                                PromptTemplate prompt_template,
                                                const SftExample& example, int64_t max_tokens);

}  // namespace bench::harness
