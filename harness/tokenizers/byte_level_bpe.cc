#include "harness/tokenizers/byte_level_bpe.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/byte_alphabet.h"

namespace bench::harness {
namespace {

// The model's token texts as bytes. A text outside the alphabet (a control token's) is no word's,
// and left out. An added token's text is not in the alphabet even where it looks like it: "Ġhello"
// stands for these six letters.
absl::StatusOr<BpeRules> RulesOf(const ByteLevelBpeParts& parts) {
  BpeRules rules;
  rules.ignore_merges = parts.ignore_merges;
  rules.merges_by_id = parts.merges_by_id;
  if (parts.unknown) rules.unknown = static_cast<int32_t>(*parts.unknown);
  rules.fuse_unknown = parts.fuse_unknown;
  std::vector<bool> is_models(parts.pieces.size(), true);
  for (const int64_t id : parts.beyond_model) is_models[static_cast<size_t>(id)] = false;
  for (size_t id = 0; id < parts.pieces.size(); ++id) {
    if (!is_models[id]) continue;
    const std::optional<std::string> bytes = BytesOfToken(parts.pieces[id]);
    if (bytes && !bytes->empty()) rules.tokens.emplace_back(*bytes, static_cast<int32_t>(id));
  }
  for (const auto& [left, right] : parts.merges) {
    const std::optional<std::string> left_bytes = BytesOfToken(left);
    const std::optional<std::string> right_bytes = BytesOfToken(right);
    if (!left_bytes || !right_bytes) {
      return DataError(absl::StrCat("merge ", rules.merges.size(), " (", QuotedForMessage(left),
                                    ", ", QuotedForMessage(right),
                                    ") has a character that stands for no byte"));
    }
    rules.merges.emplace_back(*left_bytes, *right_bytes);
  }
  for (const AddedToken& token : parts.added_tokens) {
    if (token.special) rules.unreachable.push_back(static_cast<int32_t>(token.id));
  }
  return rules;
}

std::vector<AddedToken> TokensOf(const ByteLevelBpeParts& parts, bool normalized) {
  std::vector<AddedToken> tokens;
  for (AddedToken token : parts.added_tokens) {
    if (token.normalized != normalized) continue;
    if (normalized) token.content = ToForm(token.content, parts.form);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ByteLevelBpe::Create(ByteLevelBpeParts parts) {
  BENCH_RETURN_IF_ERROR(CheckForm(parts.form));
  BENCH_ASSIGN_OR_RETURN(const BpeRules rules, RulesOf(parts));
  BENCH_ASSIGN_OR_RETURN(BpeModel model, BpeModel::Create(rules));
  return std::unique_ptr<ByteLevelBpe>(new ByteLevelBpe(std::move(parts), std::move(model)));
}

ByteLevelBpe::ByteLevelBpe(ByteLevelBpeParts parts, BpeModel model)
    : is_control_(parts.pieces.size(), false),
      raw_finder_(TokensOf(parts, /*normalized=*/false)),
      normalized_finder_(TokensOf(parts, /*normalized=*/true)),
      form_(parts.form),
      splitter_(std::move(parts.split_steps)),
      model_(std::move(model)),
      prefix_(std::move(parts.prefix)),
      suffix_(std::move(parts.suffix)),
      eos_(parts.eos) {
  for (const AddedToken& token : parts.added_tokens) {
    if (!token.special) continue;
    // A text can become the unknown token, so that it cannot begin or end anything.
    if (token.id != parts.unknown) control_tokens_[token.content] = token.id;
    is_control_[static_cast<size_t>(token.id)] = true;
  }
  pieces_ = std::move(parts.pieces);
}

std::vector<int64_t> ByteLevelBpe::Encode(std::string_view text, SpecialTokenText special) const {
  std::vector<int64_t> tokens;
  const auto on_token = [&](const AddedToken& token) { tokens.push_back(token.id); };
  raw_finder_.Split(
      ValidUtf8(text), special,
      [&](std::string_view part) {
        normalized_finder_.Split(
            ToForm(part, form_), special,
            [&](std::string_view piece) { EncodeWords(piece, tokens); }, on_token);
      },
      on_token);
  return tokens;
}

void ByteLevelBpe::EncodeWords(std::string_view text, std::vector<int64_t>& tokens) const {
  for (const std::string& word : splitter_.Split(text)) model_.Encode(word, tokens);
}

std::string ByteLevelBpe::Decode(std::span<const int64_t> tokens) const {
  std::string bytes;
  for (const int64_t token : tokens) bytes += BytesOf(token);
  return ValidUtf8(bytes);
}

std::string ByteLevelBpe::BytesOf(int64_t token) const {
  if (is_control_.at(static_cast<size_t>(token))) return "";
  const std::string& piece = pieces_.at(static_cast<size_t>(token));
  return BytesOfToken(piece).value_or(piece);
}

int64_t ByteLevelBpe::TextBytes(int64_t token) const { return std::ssize(BytesOf(token)); }

std::string ByteLevelBpe::Piece(int64_t token) const {
  return pieces_.at(static_cast<size_t>(token));
}

std::optional<int64_t> ByteLevelBpe::ControlToken(std::string_view name) const {
  const auto found = control_tokens_.find(std::string(name));
  if (found == control_tokens_.end()) return std::nullopt;
  return found->second;
}

SpecialTokenIds ByteLevelBpe::special_tokens() const {
  SpecialTokenIds ids;
  ids.eos = eos_;
  if (prefix_.size() == 1) ids.bos = prefix_.front();
  return ids;
}

}  // namespace bench::harness
