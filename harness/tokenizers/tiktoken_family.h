// What a tiktoken file does not say of its tokenizer: how text is cut into words, which normal form
// it takes, and which control tokens there are. A row for each tokenizer that is known; the class
// that tokenizer_config.json names says which one a file is.
//
// Source of the row QWenTokenizer (Qwen, the first): PyPI `dashscope`,
// dashscope/tokenizers/qwen_tokenizer.py, by Qwen's publisher.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tokenizers/unicode_form.h"
#include "harness/tokenizers/word_split.h"

namespace bench::harness {

struct TiktokenFamily {
  std::string_view tokenizer_class;  // in tokenizer_config.json
  SplitPattern pattern = SplitPattern::kGpt2;
  // Of the whole text, before control tokens are looked for in it.
  TextForm form = TextForm::kAsIs;
  // Lines of the file. The control tokens are numbered from here on.
  int64_t num_ranks = 0;
  std::vector<std::string> control_tokens;
  std::string_view eos;  // one of them
};

const std::vector<TiktokenFamily>& TiktokenFamilies();
// nullptr for a class that is not known.
const TiktokenFamily* FindTiktokenFamily(std::string_view tokenizer_class);

}  // namespace bench::harness
