#include "harness/tokenizers/chatglm_backend.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/chatglm_model.h"
#include "harness/tokenizers/chatglm_text.h"
#include "harness/tokenizers/json_component.h"
#include "harness/tokenizers/sentencepiece_backend.h"
#include "harness/tokenizers/tokenizer_settings.h"
#include "harness/tokenizers/unicode_form.h"

namespace bench::harness {
namespace {

constexpr char kClass[] = "ChatGLMTokenizer";
constexpr char kEos[] = "<eop>";
constexpr char kPad[] = "<pad>";
constexpr char kNumImageTokens[] = "num_image_tokens";
constexpr int64_t kDefaultImageTokens = 20000;
constexpr int64_t kMaxImageTokens = int64_t{1} << 20;

class ChatglmBackend : public TokenizerBackend {
 public:
  // `text`: the SentencePiece model, whose ids begin at `num_image_tokens` here.
  ChatglmBackend(std::unique_ptr<TokenizerBackend> text, int64_t num_image_tokens)
      : text_(std::move(text)), num_image_tokens_(num_image_tokens) {
    for (int64_t id = 0; id < text_->vocab_size(); ++id) {
      const std::string piece = text_->Piece(id);
      if (piece == kPad) pad_ = id + num_image_tokens_;
      const std::optional<std::string> white_space = WhitespaceOf(piece);
      if (white_space) white_space_bytes_[id] = std::ssize(*white_space);
    }
  }

  std::vector<int64_t> Encode(std::string_view text) const override {
    std::vector<int64_t> tokens = text_->Encode(MarkWhitespace(ValidUtf8(text)));
    for (int64_t& token : tokens) token += num_image_tokens_;
    return tokens;
  }
  std::string Decode(std::span<const int64_t> tokens) const override {
    std::vector<int64_t> ids;
    for (const int64_t token : tokens) {
      if (!IsImage(token) && token != pad_) ids.push_back(token - num_image_tokens_);
    }
    return RestoreWhitespace(text_->Decode(ids));
  }
  int64_t TextBytes(int64_t token) const override {
    if (IsImage(token) || token == pad_) return 0;
    const auto white_space = white_space_bytes_.find(token - num_image_tokens_);
    if (white_space != white_space_bytes_.end()) return white_space->second;
    return text_->TextBytes(token - num_image_tokens_);
  }
  bool adds_leading_space() const override { return text_->adds_leading_space(); }
  std::string Piece(int64_t token) const override {
    if (IsImage(token)) return absl::StrCat("<image_", token, ">");
    return text_->Piece(token - num_image_tokens_);
  }
  std::optional<int64_t> ControlToken(std::string_view name) const override {
    if (name == kPad) return pad_;
    const std::optional<int64_t> id = text_->ControlToken(name);
    return id ? std::optional(*id + num_image_tokens_) : std::nullopt;
  }
  int64_t vocab_size() const override { return num_image_tokens_ + text_->vocab_size(); }
  SpecialTokenIds special_tokens() const override {
    return {/*bos=*/std::nullopt, ControlToken(kEos), pad_};
  }

 private:
  bool IsImage(int64_t token) const { return token < num_image_tokens_; }

  const std::unique_ptr<TokenizerBackend> text_;
  const int64_t num_image_tokens_;
  std::optional<int64_t> pad_;
  // By the model's own id: of what a mark of white space gives in a text.
  std::unordered_map<int64_t, int64_t> white_space_bytes_;
};

absl::StatusOr<int64_t> NumImageTokens(const TokenizerFiles& files) {
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json json, ReadTokenizerConfig(files));
  BENCH_ASSIGN_OR_RETURN(const JsonComponent config, JsonComponent::Of(json, kTokenizerConfigFile));
  if (config.Find("tokenizer_class") != nullptr) {
    BENCH_ASSIGN_OR_RETURN(const std::string name, config.Text("tokenizer_class"));
    if (name != kClass) {
      return config.Error(absl::StrCat("the tokenizer_class ", QuotedForMessage(name),
                                       " is not that of ice_text.model, ", kClass));
    }
  }
  for (const std::string_view key : {"do_lower_case", "remove_space"}) {
    BENCH_RETURN_IF_ERROR(config.CheckUnset(key));
  }
  if (config.Find(kNumImageTokens) == nullptr) return kDefaultImageTokens;
  BENCH_ASSIGN_OR_RETURN(const int64_t number, config.Integer(kNumImageTokens));
  if (number >= 0 && number <= kMaxImageTokens) return number;
  return config.Error(
      absl::StrCat(kNumImageTokens, " is ", number, ", not from 0 to ", kMaxImageTokens));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenizerBackend>> LoadChatglm(const TokenizerFiles& files) {
  const absl::StatusOr<int64_t> num_image_tokens = NumImageTokens(files);
  if (!num_image_tokens.ok()) return Annotate(num_image_tokens.status(), files.where);
  const absl::StatusOr<std::string> model = CompleteChatglmModel(files.model);
  if (!model.ok()) return Annotate(model.status(), files.where);
  BENCH_ASSIGN_OR_RETURN(auto text, LoadSentencePiece(*model, files.where));
  return std::make_unique<ChatglmBackend>(std::move(text), *num_image_tokens);
}

}  // namespace bench::harness
