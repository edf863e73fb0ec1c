// A byte-level BPE tokenizer (GPT-2, Llama 3, Qwen, Qwen2, SmolLM) from its parts;
// tokenizer_json.h and tiktoken.h read them from files.
//
// Text -> added tokens are recognised (added_tokens.h) -> normalised -> added tokens of normalised
// text -> words (word_split.h) -> merges (bpe_model.h). Ids and texts equal those of PyPI
// `tokenizers` or `tiktoken`; invalid UTF-8 is read as U+FFFD. Encode may be called from several
// threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/tokenizers/added_tokens.h"
#include "harness/tokenizers/bpe_model.h"
#include "harness/tokenizers/tokenizer_backend.h"
#include "harness/tokenizers/unicode_form.h"
#include "harness/tokenizers/word_split.h"

namespace bench::harness {

struct ByteLevelBpeParts {
  std::vector<std::string> pieces;  // token texts by id; "" where an id is not used
  std::vector<std::pair<std::string, std::string>> merges;  // of token texts, by rising rank
  bool ignore_merges = false;
  bool merges_by_id = false;  // in place of `merges`, see bpe_model.h
  // As in bpe_model.h; absent where no text can become it.
  std::optional<int64_t> unknown;
  bool fuse_unknown = false;
  std::vector<AddedToken> added_tokens;
  // Ids of added tokens that the model's own vocabulary lacks: no word and no merge becomes one.
  std::vector<int64_t> beyond_model;
  TextForm form = TextForm::kAsIs;
  std::vector<std::unique_ptr<SplitStep>> split_steps;
  // What the file puts around a text.
  std::vector<int64_t> prefix, suffix;
  // Where the tokenizer itself says what ends a text.
  std::optional<int64_t> eos;
};

class ByteLevelBpe : public TokenizerBackend {
 public:
  // DataError as in bpe_model.h and unicode_form.h.
  static absl::StatusOr<std::unique_ptr<ByteLevelBpe>> Create(ByteLevelBpeParts parts);

  std::vector<int64_t> Encode(std::string_view text) const override {
    return Encode(text, SpecialTokenText::kIsText);
  }
  std::vector<int64_t> Encode(std::string_view text, SpecialTokenText special) const;
  std::string Decode(std::span<const int64_t> tokens) const override;
  int64_t TextBytes(int64_t token) const override;
  std::string Piece(int64_t token) const override;
  std::optional<int64_t> ControlToken(std::string_view name) const override;
  int64_t vocab_size() const override { return static_cast<int64_t>(pieces_.size()); }
  // BOS, if the file puts one token before a text; EOS of the parts.
  SpecialTokenIds special_tokens() const override;

  const std::vector<int64_t>& prefix() const { return prefix_; }
  const std::vector<int64_t>& suffix() const { return suffix_; }

 private:
  ByteLevelBpe(ByteLevelBpeParts parts, BpeModel model);
  // What the token gives in a text; nothing where it is a control token.
  std::string BytesOf(int64_t token) const;
  void EncodeWords(std::string_view text, std::vector<int64_t>& tokens) const;

  std::vector<std::string> pieces_;
  std::unordered_map<std::string, int64_t> control_tokens_;
  std::vector<bool> is_control_;
  AddedTokenFinder raw_finder_;
  AddedTokenFinder normalized_finder_;
  TextForm form_;
  WordSplitter splitter_;
  BpeModel model_;
  std::vector<int64_t> prefix_, suffix_;
  std::optional<int64_t> eos_;
};

}  // namespace bench::harness
