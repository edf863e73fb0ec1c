// What a generated answer is: where it ends, and its text without what the prompt template puts
// around it.
//
// An answer ends with the template's end token, with another token that ends one (EOS, or the next
// turn's first), or with a text that does: of formats whose turns are divided by text alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct AnswerForm {
  int64_t end_token = 0;                  // what ends a target, and so a generation
  std::vector<int64_t> stop_tokens = {};  // further ones that end a generation
  std::vector<std::string> stop_texts = {};
  std::string before = {}, behind = {};  // the template's own text around an answer's

  // Whether an answer of these tokens, which was not complete without the last, is complete. Of one
  // that ended earlier: true as well where the end is in its last tokens.
  bool IsComplete(const Tokenizer& tokenizer, std::span<const int64_t> tokens) const;
  // The tokens before what ends the answer: before the end token, or before the first token that a
  // stop text is a part of. All of them, where it does not end.
  std::vector<int64_t> WithoutEnd(const Tokenizer& tokenizer,
                                  std::span<const int64_t> tokens) const;
  // The answer's own text: decoded without the token that ends it, up to the first stop text,
  // without `before` and `behind`.
  std::string Text(const Tokenizer& tokenizer, std::span<const int64_t> tokens) const;

  friend bool operator==(const AnswerForm&, const AnswerForm&) = default;

 private:
  bool EndsWithToken(std::span<const int64_t> tokens) const;
};

}  // namespace bench::harness
