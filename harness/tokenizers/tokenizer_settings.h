// Which special tokens the files beside a tokenizer's model name, each by the first that does:
// tokenizer_config.json and special_tokens_map.json by text (a string, or an object with
// "content"), generation_config.json by id (a list counts by its first).
//
// BOS is what `backend` itself puts before a text: a token that is only named stands before none,
// as in transformers (GPT-2, Qwen2 and SmolLM name one that they do not use). `add_bos_token`
// overrides it: true makes the named token BOS, false means none. What is named and not used may be
// anything. Errors: DataError naming file and field.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer_backend.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {

// tokenizer_config.json; an empty object where there is none.
absl::StatusOr<nlohmann::json> ReadTokenizerConfig(const TokenizerFiles& files);

// Names that no file gives fall back to what `backend` knows itself.
absl::StatusOr<SpecialTokenIds> ReadSpecialTokens(const TokenizerFiles& files,
                                                  const TokenizerBackend& backend);

}  // namespace bench::harness
