// Reads the vocabulary files of PyPI `tiktoken`, such as Qwen's qwen.tiktoken.
//
// A line is a token, its bytes in base64, and its rank in decimal digits, which is its id: of the
// neighbours that may merge, those of the lowest rank do (bpe_model.h), and a word that is a token
// is that token. What the file does not say is a row of tiktoken_family.h. Ids and texts equal
// those of `tiktoken` with the family's own code; control tokens in text are text, or tokens if
// asked for.
//
// Memory: a small multiple of the file. Errors: DataError "NAME: line N: reason" for a line that is
// no such token, a rank or a token that comes twice, a number of ranks that is not the family's (a
// file that was cut short would give other ids), and a byte without a token.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/tokenizers/byte_level_bpe.h"
#include "harness/tokenizers/tiktoken_family.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {

// `name` is for messages.
absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ReadTiktoken(std::string_view bytes,
                                                           const TiktokenFamily& family,
                                                           std::string_view name);

// The family is that of tokenizer_class in tokenizer_config.json. DataError where that is missing
// or not known, and for an extra_vocab_file, which is not read.
absl::StatusOr<std::unique_ptr<ByteLevelBpe>> LoadTiktoken(const TokenizerFiles& files);

}  // namespace bench::harness
