#include "harness/stages/clm/row_symbols.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {

absl::StatusOr<int64_t> SymbolToken(const Tokenizer& tokenizer, const std::string& symbol,
                                    std::string_view key) {
  const std::vector<int64_t> tokens = tokenizer.Encode(symbol);
  // What is unknown is a token too, but decodes to something else.
  if (tokens.size() == 1 && tokenizer.Decode(tokens) == symbol) return tokens.front();
  return UsageError(absl::StrCat(internal::View(key), ": \"", symbol,
                                 "\" is no symbol of the data set; those that are words end in a "
                                 "space"));
}

}  // namespace bench::harness
