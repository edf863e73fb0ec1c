// What class Tokenizer (tokenizer.h) needs of a kind of tokenizer. Text is UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

struct SpecialTokenIds {
  std::optional<int64_t> bos, eos, pad;
};

class TokenizerBackend {
 public:
  virtual ~TokenizerBackend() = default;
  // Never gives a control token, whatever the text.
  virtual std::vector<int64_t> Encode(std::string_view text) const = 0;
  // `tokens` are within the vocabulary; control tokens give nothing, invalid UTF-8 gives U+FFFD.
  virtual std::string Decode(std::span<const int64_t> tokens) const = 0;
  // Of a token within the vocabulary, see Tokenizer::TextBytes.
  virtual int64_t TextBytes(int64_t token) const = 0;
  // Whether Encode puts a space before a text that Decode takes away again.
  virtual bool adds_leading_space() const { return false; }
  // The token as stored; "" for an id without one.
  virtual std::string Piece(int64_t token) const = 0;
  // The control token of this name.
  virtual std::optional<int64_t> ControlToken(std::string_view name) const = 0;
  // One more than the largest id.
  virtual int64_t vocab_size() const = 0;
  // Those that the model itself names.
  virtual SpecialTokenIds special_tokens() const = 0;
};

}  // namespace bench::harness
