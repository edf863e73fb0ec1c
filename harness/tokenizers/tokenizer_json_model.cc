#include "harness/tokenizers/tokenizer_json_model.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/byte_alphabet.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;
using Keys = std::vector<std::string_view>;

absl::Status ReadVocabulary(const JsonComponent& model, std::vector<std::string>& pieces,
                            TokenIds& ids) {
  BENCH_ASSIGN_OR_RETURN(const Json* vocabulary, model.Object("vocab"));
  for (const auto& [piece, id] : vocabulary->items()) {
    if (!id.is_number_integer() || id.get<int64_t>() < 0 || id.get<int64_t>() > kMaxTokenId) {
      return model.Error(absl::StrCat("vocab: the id of ", QuotedForMessage(piece),
                                      " is no integer from 0 to ", kMaxTokenId));
    }
    const auto index = id.get<size_t>();
    if (index >= pieces.size()) pieces.resize(index + 1);
    if (piece.empty() || !pieces[index].empty()) {
      return model.Error(absl::StrCat("vocab: ", QuotedForMessage(piece), " is empty, or its id ",
                                      index, " is taken by ", QuotedForMessage(pieces[index])));
    }
    pieces[index] = piece;
    ids[piece] = id.get<int64_t>();
  }
  return absl::OkStatus();
}

// "a b" or ["a", "b"].
std::optional<std::pair<std::string, std::string>> MergeOf(const Json& json) {
  if (json.is_array() && json.size() == 2 && json[0].is_string() && json[1].is_string()) {
    return std::pair(json[0].get<std::string>(), json[1].get<std::string>());
  }
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  const size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
    return std::nullopt;
  }
  return std::pair(text.substr(0, space), text.substr(space + 1));
}

absl::Status ReadMerges(const JsonComponent& model,
                        std::vector<std::pair<std::string, std::string>>& merges) {
  BENCH_ASSIGN_OR_RETURN(const Json* elements, model.Array("merges"));
  for (const Json& json : *elements) {
    auto merge = MergeOf(json);
    if (!merge) {
      return model.Error(absl::StrCat("merges: element ", merges.size(),
                                      " is neither \"a b\" nor [\"a\", \"b\"]"));
    }
    merges.push_back(*std::move(merge));
  }
  return absl::OkStatus();
}

absl::Status CheckNoDropout(const JsonComponent& model) {
  const Json* dropout = model.Find("dropout");
  if (dropout == nullptr || (dropout->is_number() && dropout->get<double>() == 0)) {
    return absl::OkStatus();
  }
  return model.Error("dropout is not supported");
}

// Characters of the byte alphabet, by which a byte of UTF-8 would be written, that are no tokens.
std::vector<std::string> MissingBytes(const TokenIds& ids) {
  std::vector<std::string> missing;
  for (int byte = 0; byte < 256; ++byte) {
    if (!OccursInUtf8(static_cast<uint8_t>(byte))) continue;
    std::string text = TokenOfBytes(std::string(1, static_cast<char>(byte)));
    if (!ids.contains(text)) missing.push_back(std::move(text));
  }
  return missing;
}

// Whether byte_fallback would write the character as tokens of its own UTF-8 bytes, <0xC4><0x84>.
bool FallsBack(const std::string& character, const TokenIds& ids) {
  return std::all_of(character.begin(), character.end(), [&](char byte) {
    return ids.contains(absl::StrFormat("<0x%02X>", static_cast<uint8_t>(byte)));
  });
}

// Of no effect where every byte has a token.
absl::Status ReadUnknown(const JsonComponent& model, ByteLevelBpeParts& parts,
                         const TokenIds& ids) {
  BENCH_ASSIGN_OR_RETURN(parts.fuse_unknown, model.Flag("fuse_unk", false));
  BENCH_ASSIGN_OR_RETURN(const bool byte_fallback, model.Flag("byte_fallback", false));
  const std::vector<std::string> missing = MissingBytes(ids);
  for (const std::string& character : missing) {
    if (!byte_fallback || !FallsBack(character, ids)) continue;
    return model.Error(absl::StrCat("byte_fallback is not supported: the byte ",
                                    QuotedForMessage(character),
                                    " has no token, but those of its character"));
  }
  if (missing.empty() || model.Find("unk_token") == nullptr) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const std::string name, model.Text("unk_token"));
  const auto unknown = ids.find(name);
  if (unknown == ids.end()) {
    return model.Error(absl::StrCat("unk_token: ", QuotedForMessage(name),
                                    " is not in vocab, and the byte ",
                                    QuotedForMessage(missing.front()), " has no token"));
  }
  parts.unknown = unknown->second;
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadBpeJson(const JsonComponent& model, ByteLevelBpeParts& parts, TokenIds& ids) {
  BENCH_RETURN_IF_ERROR(model.CheckKeys(
      Keys{"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
           "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges"}));
  BENCH_RETURN_IF_ERROR(CheckNoDropout(model));
  for (const std::string_view key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    BENCH_RETURN_IF_ERROR(model.CheckUnset(key));
  }
  BENCH_ASSIGN_OR_RETURN(parts.ignore_merges, model.Flag("ignore_merges", false));
  BENCH_RETURN_IF_ERROR(ReadVocabulary(model, parts.pieces, ids));
  BENCH_RETURN_IF_ERROR(ReadUnknown(model, parts, ids));
  return ReadMerges(model, parts.merges);
}

}  // namespace bench::harness
