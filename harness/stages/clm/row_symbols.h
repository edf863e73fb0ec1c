// Symbols of a data set of rows, by their text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

// The one token that `symbol` is, such as "unknown " (words end in a space). UsageError that begins
// with `key`, of the definition, where it is no symbol of the tokenizer.
absl::StatusOr<int64_t> SymbolToken(const Tokenizer& tokenizer, const std::string& symbol,
                                    std::string_view key);

}  // namespace bench::harness
