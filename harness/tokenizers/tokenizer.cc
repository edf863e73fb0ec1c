#include "harness/tokenizers/tokenizer.h"

#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "harness/text/text.h"
#include "harness/tokenizers/chatglm_backend.h"
#include "harness/tokenizers/sentencepiece_backend.h"
#include "harness/tokenizers/sentencepiece_model.h"
#include "harness/tokenizers/tiktoken.h"
#include "harness/tokenizers/tokenizer_json.h"
#include "harness/tokenizers/tokenizer_settings.h"

namespace bench::harness {
namespace {

using Backend = absl::StatusOr<std::unique_ptr<TokenizerBackend>>;

Backend LoadModel(const TokenizerFiles& files) {
  return LoadSentencePiece(files.model, files.where);
}
Backend LoadJson(const TokenizerFiles& files) {
  return ReadTokenizerJson(files.model, files.where);
}
Backend LoadRanks(const TokenizerFiles& files) { return LoadTiktoken(files); }

// By TokenizerFormat.
constexpr std::array<Backend (*)(const TokenizerFiles&), 4> kLoaders = {LoadModel, LoadJson,
                                                                        LoadRanks, LoadChatglm};

// Longer texts would be left out by SentencePiece without a word.
constexpr int kMaxTextBytes = 1 << 20;
constexpr char kWhiteSpace[] = " \t\r\n";

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

absl::StatusOr<std::string> TrainTokenizer(const NextText& next_text, const TokenizerSpec& spec,
                                           const std::vector<std::string>& whole_pieces) {
  bool has_text = false;
  const NextText noted = [&]() -> std::optional<std::string> {
    std::optional<std::string> text = next_text();
    has_text = has_text || (text && text->find_first_not_of(kWhiteSpace) != std::string::npos);
    return text;
  };
  internal::ModelOrError result =
      internal::TrainSentencePiece(TrainerOptions(spec, whole_pieces), noted);
  if (!result.error.empty() && !has_text) {
    return DataError("cannot train a tokenizer: the corpus has no text, or white space only");
  }
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

Tokenizer::Tokenizer(std::unique_ptr<TokenizerBackend> backend, const SpecialTokenIds& special,
                     TokenizerFiles files)
    : backend_(std::move(backend)),
      special_(special),
      files_(std::move(files)),
      digest_(Digest(files_)) {}

absl::StatusOr<Tokenizer> Tokenizer::FromFiles(TokenizerFiles files) {
  BENCH_ASSIGN_OR_RETURN(auto backend, kLoaders[static_cast<size_t>(files.format)](files));
  const auto special = ReadSpecialTokens(files, *backend);
  if (!special.ok()) return Annotate(special.status(), files.where);
  if (!special->eos) {
    return DataError(absl::StrCat(files.where,
                                  ": no EOS token: a SentencePiece model is trained "
                                  "with eos_id; beside tokenizer.json, tokenizer_config.json names "
                                  "it as eos_token"));
  }
  return Tokenizer(std::move(backend), *special, std::move(files));
}

absl::StatusOr<Tokenizer> Tokenizer::FromModelBytes(std::string_view bytes, std::string_view name) {
  return FromFiles(
      {TokenizerFormat::kSentencePiece, std::string(name), std::string(bytes), /*beside=*/{}});
}

std::string Tokenizer::Decode(std::span<const int64_t> tokens) const {
  std::vector<int64_t> known;
  for (const int64_t token : tokens) {
    if (token >= 0 && token < vocab_size()) known.push_back(token);
  }
  return backend_->Decode(known);
}

int64_t Tokenizer::TextBytes(int64_t token) const {
  if (token < 0 || token >= vocab_size()) return 0;
  return backend_->TextBytes(token);
}

std::string Tokenizer::Piece(int64_t token) const {
  if (token < 0 || token >= vocab_size()) return "";
  return backend_->Piece(token);
}

}  // namespace bench::harness
