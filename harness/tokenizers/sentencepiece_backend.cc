#include "harness/tokenizers/sentencepiece_backend.h"

#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "harness/tokenizers/chunked_encoder.h"
#include "harness/tokenizers/model_probe.h"
#include "harness/tokenizers/sentencepiece_model.h"
#include "harness/tokenizers/sentencepiece_proto.h"

namespace bench::harness {
namespace {

constexpr size_t kMaxModelBytes = size_t{64} << 20;

std::optional<int64_t> IdOrNone(int id) {
  return id < 0 ? std::nullopt : std::optional<int64_t>(id);
}

// What a piece gives in a decoded text. The mark for a space, where the model has it, is one byte.
int64_t TextBytesOf(const SentencePiece& piece, bool escapes_whitespace) {
  switch (piece.kind) {
    case PieceKind::kUnknown:
    case PieceKind::kControl:
      return 0;
    case PieceKind::kByte:
      return 1;
    case PieceKind::kNormal:
    case PieceKind::kUserDefined:
    case PieceKind::kUnused:
      break;
  }
  if (!escapes_whitespace) return std::ssize(piece.text);
  return std::ssize(absl::StrReplaceAll(piece.text, {{"\u2581", " "}}));
}

class SentencePieceBackend : public TokenizerBackend {
 public:
  SentencePieceBackend(std::unique_ptr<internal::SentencePieceModel> model,
                       const SentencePieceDescription& description)
      : model_(std::move(model)),
        adds_leading_space_(description.adds_dummy_prefix && !description.whitespace_is_suffix) {
    for (const SentencePiece& piece : description.pieces) {
      text_bytes_.push_back(TextBytesOf(piece, description.escapes_whitespace));
    }
    chunked_ = ChunkedEncoder::Create(
        description, [this](std::string_view text) { return model_->Encode(text); });
    for (int id = 0; id < model_->vocab_size(); ++id) {
      if (model_->IsControl(id)) control_tokens_[model_->Piece(id)] = id;
    }
  }

  std::vector<int64_t> Encode(std::string_view text) const override {
    if (chunked_ != nullptr) return chunked_->Encode(text);
    const std::vector<int> ids = model_->Encode(text);
    return {ids.begin(), ids.end()};
  }
  std::string Decode(std::span<const int64_t> tokens) const override {
    std::vector<int> ids;
    for (const int64_t token : tokens) {
      const int id = IdOf(token);
      if (!model_->IsControl(id)) ids.push_back(id);
    }
    return model_->Decode(ids);
  }
  int64_t TextBytes(int64_t token) const override {
    return text_bytes_.at(static_cast<size_t>(IdOf(token)));
  }
  bool adds_leading_space() const override { return adds_leading_space_; }
  std::string Piece(int64_t token) const override { return model_->Piece(IdOf(token)); }
  std::optional<int64_t> ControlToken(std::string_view name) const override {
    const auto found = control_tokens_.find(std::string(name));
    if (found == control_tokens_.end()) return std::nullopt;
    return found->second;
  }
  int64_t vocab_size() const override { return model_->vocab_size(); }
  SpecialTokenIds special_tokens() const override {
    return {IdOrNone(model_->bos_id()), IdOrNone(model_->eos_id()), IdOrNone(model_->pad_id())};
  }

 private:
  // SentencePiece itself reads beyond its table, or dies.
  int IdOf(int64_t token) const {
    if (token < 0 || token >= model_->vocab_size()) {
      throw std::out_of_range(absl::StrCat("token ", token, " is outside the vocabulary of ",
                                           model_->vocab_size(), " pieces"));
    }
    return static_cast<int>(token);
  }

  std::unique_ptr<internal::SentencePieceModel> model_;
  std::unique_ptr<ChunkedEncoder> chunked_;  // null: the model allows no cuts
  std::unordered_map<std::string, int64_t> control_tokens_;
  std::vector<int64_t> text_bytes_;  // by id
  const bool adds_leading_space_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TokenizerBackend>> LoadSentencePiece(std::string_view bytes,
                                                                    std::string_view name) {
  const std::string where(name);
  if (bytes.size() > kMaxModelBytes) {
    return DataError(absl::StrCat(where, ": ", bytes.size(), " bytes, more than a tokenizer has"));
  }
  BENCH_RETURN_IF_ERROR(Annotate(internal::ProbeModel(bytes), where));
  std::string error;
  auto model = internal::SentencePieceModel::Load(bytes, error);
  if (model == nullptr) {
    return DataError(absl::StrCat(where, ": no SentencePiece model: ", error));
  }
  BENCH_ASSIGN_OR_RETURN(const SentencePieceDescription description, DescribeSentencePiece(bytes));
  return std::make_unique<SentencePieceBackend>(std::move(model), description);
}

}  // namespace bench::harness
