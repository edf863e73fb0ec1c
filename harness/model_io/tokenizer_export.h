// The files that let transformers load a trained model's tokenizer: AutoTokenizer with chat
// template and generation settings.
//
//   tokenizer.json           as it was read; or a SentencePiece model's (sentencepiece_json.h)
//   tokenizer.model          the SentencePiece model itself
//   tokenizer_config.json    special tokens, chat_template rendering to the prompt of training
//   special_tokens_map.json  special tokens
//   generation_config.json   the tokens that end a generation
//
// Of qwen.tiktoken and ice_text.model, which transformers loads by the code of their family, these
// are the model and the files beside it as they were read, with chat template, model_max_length,
// EOS and the ends of a generation added.
//
// What differs from our own ids is said in `notes`, one line each. A SentencePiece model that
// cannot be expressed is left as sentencepiece.model alone, so that transformers refuses the
// tokenizer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/sft_spec.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct TokenizerExport {
  std::map<std::string, std::string> files;  // bytes by name
  std::vector<std::string> notes;
};

// `max_positions`: tokens that the model reads.
absl::StatusOr<TokenizerExport> ExportTokenizer(const Tokenizer& tokenizer,
                                                PromptTemplate prompt_template,
                                                int64_t max_positions);

}  // namespace bench::harness
