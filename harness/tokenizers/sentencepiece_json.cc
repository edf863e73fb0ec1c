#include "harness/tokenizers/sentencepiece_json.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/text/text.h"
#include "harness/tokenizers/sentencepiece_proto.h"

namespace bench::harness {
namespace {

using Json = nlohmann::ordered_json;
using Description = SentencePieceDescription;

constexpr char kSpaceMark[] = "\u2581";

bool IsReserved(PieceKind kind) {
  return kind == PieceKind::kUnknown || kind == PieceKind::kControl || kind == PieceKind::kByte;
}

std::optional<size_t> UnknownId(const Description& model) {
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    if (model.pieces[id].kind == PieceKind::kUnknown) return id;
  }
  return std::nullopt;
}

absl::Status CheckExpressible(const Description& model) {
  if (model.has_character_map || model.adds_dummy_prefix || model.removes_extra_whitespace ||
      !model.escapes_whitespace || model.whitespace_is_suffix) {
    return DataError("its normaliser does more than to write a space as U+2581");
  }
  if (model.model == PieceModel::kWord) return DataError("it is a word model");
  if (!UnknownId(model)) return DataError("it has no unknown piece");
  std::unordered_set<std::string_view> texts;
  for (const SentencePiece& piece : model.pieces) {
    if (piece.kind == PieceKind::kUnused) return DataError("it has unused pieces");
    if (FirstInvalidUtf8(piece.text) || !texts.insert(piece.text).second) {
      return DataError(absl::StrCat("the piece ", QuotedForMessage(piece.text),
                                    " comes twice or is no valid UTF-8"));
    }
  }
  return absl::OkStatus();
}

Json AddedTokenJson(const Description& model, size_t id) {
  const SentencePiece& piece = model.pieces[id];
  const bool special = piece.kind != PieceKind::kUserDefined;
  // User-defined pieces are looked for in normalised text, as SentencePiece does.
  return {{"id", id},        {"content", piece.text},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", !special}, {"special", special}};
}

// Control tokens and, except where the model itself finds them, user-defined pieces.
Json AddedTokens(const Description& model) {
  Json tokens = Json::array();
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const PieceKind kind = model.pieces[id].kind;
    const bool is_special = kind == PieceKind::kControl || kind == PieceKind::kUnknown;
    const bool is_whole = kind == PieceKind::kUserDefined && model.model != PieceModel::kUnigram;
    if (is_special || is_whole) tokens.push_back(AddedTokenJson(model, id));
  }
  return tokens;
}

// --- characters and BPE ---

struct PieceSplit {
  float score = 0;
  Json parts;
};

// All cuts of a piece are tried, so that the time grows with its length squared.
constexpr size_t kMaxMergedBytes = size_t{64} << 10;

// Cuts of `text` into two members of `mergeable`.
std::vector<std::pair<std::string_view, std::string_view>> PairsOf(
    std::string_view text, const std::unordered_set<std::string_view>& mergeable) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (size_t at = 1; at < text.size(); ++at) {
    const bool within_character = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (within_character || !mergeable.contains(text.substr(0, at))) continue;
    if (mergeable.contains(text.substr(at)))
      pairs.emplace_back(text.substr(0, at), text.substr(at));
  }
  return pairs;
}

absl::StatusOr<Json> MergesOf(const Description& model) {
  std::unordered_set<std::string_view> mergeable;
  for (const SentencePiece& piece : model.pieces) {
    if (piece.kind == PieceKind::kNormal) mergeable.insert(piece.text);
  }
  std::vector<PieceSplit> splits;
  std::set<float> scores;
  for (const SentencePiece& piece : model.pieces) {
    if (piece.kind != PieceKind::kNormal || NumCharacters(piece.text) < 2) continue;
    if (piece.text.size() > kMaxMergedBytes) {
      return DataError(absl::StrCat("its piece ", QuotedForMessage(piece.text), " has ",
                                    piece.text.size(), " bytes; the most is ", kMaxMergedBytes));
    }
    if (!scores.insert(piece.score).second) return DataError("two of its pieces have one score");
    for (const auto& [left, right] : PairsOf(piece.text, mergeable)) {
      splits.push_back({piece.score, Json::array({left, right})});
    }
  }
  std::stable_sort(splits.begin(), splits.end(),
                   [](const PieceSplit& a, const PieceSplit& b) { return a.score > b.score; });
  Json merges = Json::array();
  for (PieceSplit& split : splits) merges.push_back(std::move(split.parts));
  return merges;
}

Json BpeJson(const Description& model, Json merges) {
  Json vocabulary = Json::object();
  for (size_t id = 0; id < model.pieces.size(); ++id) vocabulary[model.pieces[id].text] = id;
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", model.pieces[*UnknownId(model)].text},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", true},
          {"byte_fallback", model.byte_fallback},
          {"ignore_merges", false},
          {"vocab", std::move(vocabulary)},
          {"merges", std::move(merges)}};
}

struct ModelJson {
  Json model;
  Json pre_tokenizer;
  std::string caveat;
};

absl::StatusOr<ModelJson> ConvertCharacters(const Description& model) {
  return ModelJson{BpeJson(model, Json::array()), nullptr, ""};
}

absl::StatusOr<ModelJson> ConvertBpe(const Description& model) {
  BENCH_ASSIGN_OR_RETURN(Json merges, MergesOf(model));
  return ModelJson{
      BpeJson(model, std::move(merges)), nullptr,
      "a text where one piece can be made of two different pairs at two places at "
      "once, such as a long run of one character between others, may be cut otherwise"};
}

// --- unigram ---

std::set<char32_t> SingleCharacters(const Description& model) {
  std::set<char32_t> singles;
  for (const SentencePiece& piece : model.pieces) {
    const std::u32string characters = CodePoints(piece.text);
    if (!IsReserved(piece.kind) && characters.size() == 1) singles.insert(characters[0]);
  }
  return singles;
}

// A piece of `kind` with a character that is no piece by itself. `tokenizers` scores an unknown
// character by the lowest of all scores, SentencePiece by the lowest of the normal ones; it makes
// no difference where no piece holds such a character.
const SentencePiece* PieceWithUnknownCharacter(const Description& model, PieceKind kind,
                                               const std::set<char32_t>& singles) {
  for (const SentencePiece& piece : model.pieces) {
    if (piece.kind != kind) continue;
    for (const char32_t c : CodePoints(piece.text)) {
      if (!singles.contains(c)) return &piece;
    }
  }
  return nullptr;
}

// Characters of control and byte pieces that are no pieces. Each becomes a word of its own, so that
// a run of them is never taken for "<s>" or "<0x0A>"; no piece spans them.
std::string IsolatedCharacters(const Description& model, const std::set<char32_t>& singles) {
  std::set<char32_t> isolated;
  for (const SentencePiece& piece : model.pieces) {
    if (!IsReserved(piece.kind)) continue;
    for (const char32_t c : CodePoints(piece.text)) {
      if (!singles.contains(c)) isolated.insert(c);
    }
  }
  std::string pattern;
  for (const char32_t c : isolated) {
    absl::StrAppend(&pattern, pattern.empty() ? "" : "|", "\\x{", absl::Hex(uint32_t{c}), "}");
  }
  return pattern;
}

Json UnigramVocabulary(const Description& model) {
  float lowest = std::numeric_limits<float>::max();
  // SentencePiece starts from the smallest positive number, which no log-probability exceeds.
  float highest = std::numeric_limits<float>::min();
  for (const SentencePiece& piece : model.pieces) {
    if (piece.kind != PieceKind::kNormal) continue;
    lowest = std::min(lowest, piece.score);
    highest = std::max(highest, piece.score);
  }
  // Below what the characters of any such name cost one by one.
  const double out_of_reach = 1000.0 * std::min(lowest, -1.0F);
  Json vocabulary = Json::array();
  for (const SentencePiece& piece : model.pieces) {
    double score = piece.score;
    if (IsReserved(piece.kind)) score = out_of_reach;
    // As unigram_model.cc has it: length in bytes times the highest score, less 0.1.
    if (piece.kind == PieceKind::kUserDefined) {
      score = static_cast<double>(static_cast<float>(piece.text.size()) * highest) - 0.1;
    }
    vocabulary.push_back(Json::array({piece.text, score}));
  }
  return vocabulary;
}

absl::StatusOr<ModelJson> ConvertUnigram(const Description& model) {
  const std::set<char32_t> singles = SingleCharacters(model);
  if (const SentencePiece* piece = PieceWithUnknownCharacter(model, PieceKind::kNormal, singles)) {
    return DataError(absl::StrCat("its piece ", QuotedForMessage(piece->text),
                                  " holds a character that is no piece by itself"));
  }
  std::string caveat =
      "a text with two segmentations whose scores differ by less than 32-bit rounding, such as a "
      "long run of one character, may be cut otherwise";
  if (const SentencePiece* piece =
          PieceWithUnknownCharacter(model, PieceKind::kUserDefined, singles)) {
    absl::StrAppend(&caveat, "; and one where ", QuotedForMessage(piece->text),
                    " or another user-defined piece with a character that is no piece by itself "
                    "overlaps a second one");
  }
  const std::string isolated = IsolatedCharacters(model, singles);
  if (!isolated.empty() && !model.byte_fallback) {
    return DataError(
        "without byte pieces, unknown characters in the names of control tokens "
        "cannot be told apart");
  }
  Json pre_tokenizer = nullptr;
  if (!isolated.empty()) {
    pre_tokenizer = {{"type", "Split"},
                     {"pattern", {{"Regex", isolated}}},
                     {"behavior", "Isolated"},
                     {"invert", false}};
  }
  Json json = {{"type", "Unigram"},
               {"unk_id", *UnknownId(model)},
               {"vocab", UnigramVocabulary(model)},
               {"byte_fallback", model.byte_fallback}};
  return ModelJson{std::move(json), std::move(pre_tokenizer), std::move(caveat)};
}

absl::StatusOr<ModelJson> RefuseWords(const Description&) { return DataError("a word model"); }

// By PieceModel, from kUnigram = 1.
constexpr std::array<absl::StatusOr<ModelJson> (*)(const Description&), 4> kConverters = {
    ConvertUnigram, ConvertBpe, RefuseWords, ConvertCharacters};

Json ReplaceJson(std::string_view from, std::string_view to) {
  return {{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
}

// BOS before a text, as transformers expects of a LLaMA tokenizer.
Json PostProcessor(const Description& model, std::string_view bos) {
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePiece& piece = model.pieces[id];
    if (piece.kind != PieceKind::kControl || piece.text != bos) continue;
    const Json token = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}};
    const Json first = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
    const Json second = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
    const Json entry = {{"id", bos}, {"ids", {id}}, {"tokens", {bos}}};
    Json table = Json::object();
    table[std::string(bos)] = entry;
    return {{"type", "TemplateProcessing"},
            {"single", Json::array({token, first})},
            {"pair", Json::array({token, first, second})},
            {"special_tokens", std::move(table)}};
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ConvertedSentencePiece> ConvertSentencePiece(std::string_view model,
                                                            std::string_view bos) {
  BENCH_ASSIGN_OR_RETURN(const Description description, DescribeSentencePiece(model));
  BENCH_RETURN_IF_ERROR(CheckExpressible(description));
  const auto convert = kConverters[static_cast<size_t>(description.model) - 1];
  BENCH_ASSIGN_OR_RETURN(ModelJson converted, convert(description));
  const Json decoders = {
      ReplaceJson(kSpaceMark, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  const Json json = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", AddedTokens(description)},
                     {"normalizer", ReplaceJson(" ", kSpaceMark)},
                     {"pre_tokenizer", std::move(converted.pre_tokenizer)},
                     {"post_processor", PostProcessor(description, bos)},
                     {"decoder", {{"type", "Sequence"}, {"decoders", decoders}}},
                     {"model", std::move(converted.model)}};
  return ConvertedSentencePiece{json.dump(1, ' ') + "\n", std::move(converted.caveat)};
}

}  // namespace bench::harness
