#include "harness/data/tokenizer.h"

#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/model_probe.h"
#include "harness/data/sentencepiece_model.h"
#include "harness/data/text.h"

namespace bench::harness {
namespace {

constexpr size_t kMaxModelBytes = size_t{64} << 20;
// Longer texts would be left out by SentencePiece without a word.
constexpr int kMaxTextBytes = 1 << 20;

constexpr std::string_view OptionName(TokenizerAlgorithm algorithm) {
  constexpr std::array<std::string_view, 3> kNames = {"unigram", "bpe", "char"};
  return kNames[static_cast<size_t>(algorithm)];
}

// SentencePiece's list syntax is CSV, and a space inside a piece is written U+2581.
std::string PieceList(const std::vector<std::string>& pieces) {
  std::string list;
  for (const std::string& piece : pieces) {
    const std::string marked = absl::StrReplaceAll(piece, {{" ", "\u2581"}, {"\"", "\"\""}});
    absl::StrAppend(&list, list.empty() ? "" : ",", "\"", marked, "\"");
  }
  return list;
}

std::map<std::string, std::string> TrainerOptions(const TokenizerSpec& spec,
                                                  const std::vector<std::string>& whole_pieces) {
  return {
      {"user_defined_symbols", PieceList(whole_pieces)},
      {"model_type", std::string(OptionName(spec.algorithm))},
      {"vocab_size", absl::StrCat(spec.vocab_size)},
      {"character_coverage", absl::StrCat(spec.character_coverage)},
      {"byte_fallback", spec.byte_fallback ? "true" : "false"},
      {"num_threads", absl::StrCat(spec.num_threads)},
      // Text comes back as it was.
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"unk_id", "0"},
      {"bos_id", "1"},
      {"eos_id", "2"},
      {"pad_id", "3"},
      // Every text once, in order.
      {"input_sentence_size", "0"},
      {"shuffle_input_sentence", "false"},
      {"max_sentence_length", absl::StrCat(kMaxTextBytes)},
      {"minloglevel", "2"},
  };
}

}  // namespace

struct Tokenizer::Model {
  std::unique_ptr<internal::SentencePieceModel> pieces;
};

absl::StatusOr<std::string> TrainTokenizer(const NextText& next_text, const TokenizerSpec& spec,
                                           const std::vector<std::string>& whole_pieces) {
  internal::ModelOrError result =
      internal::TrainSentencePiece(TrainerOptions(spec, whole_pieces), next_text);
  if (!result.error.empty()) {
    return DataError(absl::StrCat("cannot train a tokenizer of ", spec.vocab_size,
                                  " pieces on this corpus: ", result.error));
  }
  return std::move(result.bytes);
}

std::vector<std::string> SplitHan(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char32_t c : CodePoints(text)) {
    if (IsHanOrFullWidth(c)) {
      parts.emplace_back();
      AppendUtf8(c, parts.back());
      parts.emplace_back();
    } else {
      AppendUtf8(c, parts.back());
    }
  }
  std::erase(parts, "");
  return parts;
}

Tokenizer::Tokenizer(std::unique_ptr<Model> model) : model_(std::move(model)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

absl::StatusOr<Tokenizer> Tokenizer::FromModelBytes(std::string_view bytes, std::string_view name) {
  const std::string where(name);
  if (bytes.size() > kMaxModelBytes) {
    return DataError(absl::StrCat(where, ": ", bytes.size(), " bytes, more than a tokenizer has"));
  }
  BENCH_RETURN_IF_ERROR(Annotate(internal::ProbeModel(bytes), where));
  std::string error;
  auto model = std::make_unique<Model>();
  model->pieces = internal::SentencePieceModel::Load(bytes, error);
  if (model->pieces == nullptr) {
    return DataError(absl::StrCat(where, ": no SentencePiece model: ", error));
  }
  Tokenizer tokenizer(std::move(model));
  const internal::SentencePieceModel& pieces = *tokenizer.model_->pieces;
  if (pieces.bos_id() < 0 || pieces.eos_id() < 0) {
    return DataError(absl::StrCat(where, ": the model has no ", pieces.bos_id() < 0 ? "BOS" : "EOS",
                                  " piece; train it with bos_id and eos_id"));
  }
  tokenizer.vocab_size_ = pieces.vocab_size();
  tokenizer.bos_id_ = pieces.bos_id();
  tokenizer.eos_id_ = pieces.eos_id();
  if (pieces.pad_id() >= 0) tokenizer.pad_id_ = pieces.pad_id();
  tokenizer.digest_ = Sha256Hex(bytes);
  return tokenizer;
}

std::vector<int64_t> Tokenizer::Encode(std::string_view text) const {
  const std::vector<int> ids = model_->pieces->Encode(text);
  return {ids.begin(), ids.end()};
}

std::string Tokenizer::Decode(std::span<const int64_t> tokens) const {
  std::vector<int> ids;
  for (const int64_t token : tokens) {
    if (token < 0 || token >= vocab_size_) continue;
    const auto id = static_cast<int>(token);
    if (!model_->pieces->IsControl(id)) ids.push_back(id);
  }
  return model_->pieces->Decode(ids);
}

std::string Tokenizer::Piece(int64_t token) const {
  if (token < 0 || token >= vocab_size_) return "";
  return model_->pieces->Piece(static_cast<int>(token));
}

}  // namespace bench::harness
