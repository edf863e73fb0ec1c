// A SentencePiece model as a backend of class Tokenizer.
//
// Errors: DataError for bytes that are no SentencePiece model (or over 64 MiB, or that crash the
// library: they are tried in a child process first).
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer_backend.h"

namespace bench::harness {

// `name` is for messages.
absl::StatusOr<std::unique_ptr<TokenizerBackend>> LoadSentencePiece(std::string_view bytes,
                                                                    std::string_view name);

}  // namespace bench::harness
