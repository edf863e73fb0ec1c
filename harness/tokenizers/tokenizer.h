// A tokenizer: a SentencePiece model trained by the harness, or a user's own of one of the formats
// in tokenizer_files.h.
//
// Training reads texts from an iterator, so the model holds no path. Identity normaliser, no dummy
// prefix, white space kept, byte fallback: every valid UTF-8 text round-trips, except that U+2581
// ("lower one eighth block", SentencePiece's own mark for a space) comes back as a space. Newlines
// and tabs are texts like any other. Ids: unk 0, bos 1, eos 2, pad 3. Same texts, specification and
// library = same bytes of the model (fixed number of threads, no time, no names).
//
// Unigram and BPE give exactly vocab_size pieces; characters give as many as occur, at most that.
//
// Errors: DataError for files that are no tokenizer (sentencepiece_backend.h, tokenizer_json.h,
// tiktoken.h, chatglm_backend.h) or name no EOS, and a corpus that cannot give the vocabulary asked
// for (the message says how many pieces it can).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/tokenizer_spec.h"
#include "harness/tokenizers/tokenizer_backend.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {

// The next text of a corpus; nullopt at its end.
using NextText = std::function<std::optional<std::string>()>;

// Bytes of the trained model. Each of `whole_pieces` (text without U+2581) becomes one piece, of
// which the longest that fits is always taken.
absl::StatusOr<std::string> TrainTokenizer(const NextText& next_text, const TokenizerSpec& spec,
                                           const std::vector<std::string>& whole_pieces = {});

// What spec.split_han trains on: `text` cut so that every Han character and full-width mark stands
// alone.
std::vector<std::string> SplitHan(std::string_view text);

class Tokenizer {
 public:
  static absl::StatusOr<Tokenizer> FromFiles(TokenizerFiles files);
  // A SentencePiece model. `name` is for messages (a path, or the artifact's name).
  static absl::StatusOr<Tokenizer> FromModelBytes(std::string_view bytes, std::string_view name);

  // Without BOS and EOS. Never gives a control token.
  std::vector<int64_t> Encode(std::string_view text) const { return backend_->Encode(text); }
  // Control tokens and ids outside the vocabulary give nothing; bytes that form no valid UTF-8 (a
  // model may generate any) give U+FFFD.
  std::string Decode(std::span<const int64_t> tokens) const;
  // Bytes that the token gives in a decoded text, a part of a character counted as its bytes: 0 for
  // control tokens, SentencePiece's unknown token and ids outside the vocabulary.
  int64_t TextBytes(int64_t token) const;
  // Whether the first token of an encoded text has one byte more than the text, a space.
  bool adds_leading_space() const { return backend_->adds_leading_space(); }
  // The piece as stored in the model ("▁the", "<0x0A>", "Ġthe"); "" outside the vocabulary.
  std::string Piece(int64_t token) const;
  // The control token of this name, such as "<|im_start|>".
  std::optional<int64_t> ControlToken(std::string_view name) const {
    return backend_->ControlToken(name);
  }

  // One more than the largest id.
  int64_t vocab_size() const { return backend_->vocab_size(); }
  std::optional<int64_t> bos_id() const { return special_.bos; }  // Qwen2 and SmolLM have none
  int64_t eos_id() const { return *special_.eos; }
  std::optional<int64_t> pad_id() const { return special_.pad; }
  // What it was made from, and its digest (tokenizer_files.h).
  const TokenizerFiles& files() const { return files_; }
  const std::string& digest() const { return digest_; }

 private:
  Tokenizer(std::unique_ptr<TokenizerBackend> backend, const SpecialTokenIds& special,
            TokenizerFiles files);

  std::unique_ptr<TokenizerBackend> backend_;
  SpecialTokenIds special_;
  TokenizerFiles files_;
  std::string digest_;
};

}  // namespace bench::harness
