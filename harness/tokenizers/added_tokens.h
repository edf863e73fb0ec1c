// Tokens that are recognised in text as a whole, before it is cut into words: `added_tokens` of
// tokenizer.json.
//
// At each place the longest token that fits is taken, left to right. A token with lstrip (rstrip)
// takes the white space before (after) it too, as far as no earlier token has. Those for which the
// caller says so are passed over after they were found, as PyPI `tokenizers` does with
// encode_special_tokens, and stay text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace bench::harness {

struct AddedToken {
  int64_t id = 0;
  std::string content;  // not empty
  bool special = false;
  bool lstrip = false;
  bool rstrip = false;
  bool normalized = false;  // looked for in normalised text
};

// Whether special tokens are recognised in text, or are text like any other.
enum class SpecialTokenText { kIsToken, kIsText };

class AddedTokenFinder {
 public:
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  using OnText = std::function<void(std::string_view)>;  // never empty
  using OnToken = std::function<void(const AddedToken&)>;
  void Split(std::string_view text, SpecialTokenText special, const OnText& on_text,
             const OnToken& on_token) const;

 private:
  struct Found {
    size_t begin = 0;
    size_t end = 0;
    const AddedToken* token = nullptr;
  };
  std::optional<Found> Next(std::string_view text, size_t from) const;

  std::vector<AddedToken> tokens_;
  // A trie over the bytes of the contents: (node, byte) -> node; node 0 is the root.
  absl::flat_hash_map<uint64_t, uint32_t> child_;
  absl::flat_hash_map<uint32_t, size_t> token_at_;
};

}  // namespace bench::harness
