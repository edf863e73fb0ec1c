#include "harness/tokenizers/tiktoken.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/byte_alphabet.h"
#include "harness/tokenizers/json_component.h"
#include "harness/tokenizers/tokenizer_settings.h"

namespace bench::harness {
namespace {

// The longest of published vocabularies has 128. The rules of a token are sought at each of its
// bytes.
constexpr size_t kMaxTokenBytes = 512;

struct RankedToken {
  std::string bytes;
  int64_t rank = 0;
};

// nullopt unless the line is written as tiktoken writes it.
std::optional<RankedToken> TokenOfLine(absl::string_view line) {
  const size_t space = line.find(' ');
  if (space == absl::string_view::npos) return std::nullopt;
  const absl::string_view text = line.substr(0, space);
  const absl::string_view number = line.substr(space + 1);
  RankedToken token;
  if (!absl::Base64Unescape(text, &token.bytes) || absl::Base64Escape(token.bytes) != text) {
    return std::nullopt;
  }
  if (!absl::SimpleAtoi(number, &token.rank) || absl::StrCat(token.rank) != number) {
    return std::nullopt;
  }
  return token;
}

// Tokens by rank.
class RankTable {
 public:
  explicit RankTable(int64_t num_ranks) : tokens_(static_cast<size_t>(num_ranks)) {}

  absl::Status Add(RankedToken token) {
    if (token.bytes.empty() || token.bytes.size() > kMaxTokenBytes) {
      return DataError(absl::StrCat("a token of ", token.bytes.size(),
                                    " bytes, where tokens have 1 to ", kMaxTokenBytes,
                                    ": the file is damaged, or of a tokenizer that is not known; "
                                    "take the one that is published with the model"));
    }
    if (token.rank < 0 || token.rank >= std::ssize(tokens_)) {
      return DataError(
          absl::StrCat("the rank ", token.rank, " is not from 0 to ", tokens_.size() - 1));
    }
    std::string& place = tokens_[static_cast<size_t>(token.rank)];
    if (!place.empty()) return DataError(absl::StrCat("the rank ", token.rank, " comes twice"));
    if (!seen_.insert(token.bytes).second) {
      return DataError(
          absl::StrCat("the token ", QuotedForMessage(TokenOfBytes(token.bytes)), " comes twice"));
    }
    place = std::move(token.bytes);
    return absl::OkStatus();
  }

  size_t num_tokens() const { return seen_.size(); }
  // The first byte that is no token.
  std::optional<int> MissingByte() const {
    for (int byte = 0; byte < 256; ++byte) {
      if (!seen_.contains(std::string(1, static_cast<char>(byte)))) return byte;
    }
    return std::nullopt;
  }
  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  std::vector<std::string> tokens_;
  absl::flat_hash_set<std::string> seen_;
};

absl::StatusOr<std::vector<std::string>> ReadRanks(std::string_view bytes,
                                                   const TiktokenFamily& family) {
  RankTable table(family.num_ranks);
  int64_t number = 0;
  for (absl::string_view line : absl::StrSplit(internal::View(bytes), '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    if (line.empty()) continue;
    std::optional<RankedToken> token = TokenOfLine(line);
    if (!token) {
      return DataError(absl::StrCat("line ", number, ": not a token in base64 and its rank"));
    }
    const absl::Status added = table.Add(*std::move(token));
    if (!added.ok()) return Annotate(added, absl::StrCat("line ", number));
  }
  if (std::ssize(table.tokens()) != static_cast<int64_t>(table.num_tokens())) {
    return DataError(absl::StrCat(table.num_tokens(), " tokens, where ",
                                  internal::View(family.tokenizer_class), " has ", family.num_ranks,
                                  ": the file was cut short, or is another tokenizer's"));
  }
  if (const std::optional<int> missing = table.MissingByte()) {
    return DataError(absl::StrCat("no token for the byte 0x", absl::Hex(*missing)));
  }
  return table.tokens();
}

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> Read(std::string_view bytes,
                                                   const TiktokenFamily& family) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> tokens, ReadRanks(bytes, family));
  ByteLevelBpeParts parts;
  parts.ignore_merges = true;
  parts.merges_by_id = true;
  parts.form = family.form;
  for (const std::string& token : tokens) parts.pieces.push_back(TokenOfBytes(token));
  for (const std::string& name : family.control_tokens) {
    const int64_t id = std::ssize(parts.pieces);
    if (name == family.eos) parts.eos = id;
    parts.pieces.push_back(name);
    parts.beyond_model.push_back(id);
    parts.added_tokens.push_back({.id = id, .content = name, .special = true, .normalized = true});
  }
  BENCH_ASSIGN_OR_RETURN(auto step, MakePatternStep(family.pattern));
  parts.split_steps.push_back(std::move(step));
  return ByteLevelBpe::Create(std::move(parts));
}

std::string KnownClasses() {
  return absl::StrJoin(TiktokenFamilies(), ", ", [](std::string* out, const auto& family) {
    absl::StrAppend(out, internal::View(family.tokenizer_class));
  });
}

absl::StatusOr<const TiktokenFamily*> FamilyOf(const TokenizerFiles& files) {
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json json, ReadTokenizerConfig(files));
  BENCH_ASSIGN_OR_RETURN(const JsonComponent config, JsonComponent::Of(json, kTokenizerConfigFile));
  if (config.Find("tokenizer_class") == nullptr) {
    return DataError(absl::StrCat(
        "a tiktoken file says neither its words nor its special tokens: ", kTokenizerConfigFile,
        " beside it must name the tokenizer_class (known: ", KnownClasses(), ")"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string name, config.Text("tokenizer_class"));
  const TiktokenFamily* family = FindTiktokenFamily(name);
  if (family == nullptr) {
    return config.Error(absl::StrCat("the tokenizer_class ", QuotedForMessage(name),
                                     " of a tiktoken file is not known (known: ", KnownClasses(),
                                     ")"));
  }
  BENCH_RETURN_IF_ERROR(config.CheckUnset("extra_vocab_file"));
  return family;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ReadTiktoken(std::string_view bytes,
                                                           const TiktokenFamily& family,
                                                           std::string_view name) {
  absl::StatusOr<std::unique_ptr<ByteLevelBpe>> tokenizer = Read(bytes, family);
  if (!tokenizer.ok()) return Annotate(tokenizer.status(), name);
  return tokenizer;
}

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> LoadTiktoken(const TokenizerFiles& files) {
  const absl::StatusOr<const TiktokenFamily*> family = FamilyOf(files);
  if (!family.ok()) return Annotate(family.status(), files.where);
  return ReadTiktoken(files.model, **family, files.where);
}

}  // namespace bench::harness
