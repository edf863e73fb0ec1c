#include "harness/data/synthetic_rows.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/abandonable.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxLengthsBytes = int64_t{1} << 28;
constexpr int64_t kMaxRowTokens = 1 << 20;
// A control token and a character.
constexpr int64_t kLeastTokens = 2;
// CJK Unified Ideographs Extension B: one range of assigned characters, with no case, no
// composition and no white space.
constexpr char32_t kFirstCharacter = 0x20000;
constexpr int64_t kCharactersPerText = 64;

struct LengthsForm {
  const char* key;
  size_t num_lengths;
};
// Of kinds other than streams.
LengthsForm FormOf(SyntheticRows kind) {
  return kind == SyntheticRows::kPreferences ? LengthsForm{"preference", 3} : LengthsForm{"sft", 2};
}

absl::StatusOr<RowLengths> RowOf(const nlohmann::json& row, size_t num_lengths) {
  if (!row.is_array() || row.size() != num_lengths) {
    return DataError(absl::StrCat("is not a list of ", num_lengths, " lengths"));
  }
  std::vector<int64_t> lengths;
  for (const nlohmann::json& length : row) {
    lengths.push_back(length.is_number_integer() ? length.get<int64_t>() : 0);
    if (lengths.back() < kLeastTokens || lengths.back() > kMaxRowTokens) {
      return DataError(absl::StrCat("has a length that is no integer from ", kLeastTokens, " to ",
                                    kMaxRowTokens));
    }
  }
  return RowLengths{lengths.front(), {lengths.begin() + 1, lengths.end()}};
}

}  // namespace

absl::StatusOr<std::vector<RowLengths>> ReadRowLengths(const std::string& path,
                                                       SyntheticRows kind) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxLengthsBytes));
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json file, ParseJsonObject(text, path));
  const LengthsForm form = FormOf(kind);
  const auto list = file.find(form.key);
  if (list == file.end() || !list->is_array() || list->empty()) {
    return DataError(absl::StrCat(path, ": \"", form.key, "\" is no list of rows"));
  }
  std::vector<RowLengths> rows;
  for (const nlohmann::json& row : *list) {
    auto lengths = RowOf(row, form.num_lengths);
    if (!lengths.ok()) {
      return Annotate(lengths.status(), absl::StrCat(path, ": ", form.key, "[", rows.size(), "]"));
    }
    rows.push_back(*std::move(lengths));
  }
  return rows;
}

absl::StatusOr<std::vector<RowLengths>> RowLengthsOf(const SyntheticSpec& spec,
                                                     const std::string& lengths_path) {
  if (spec.lengths) return ReadRowLengths(lengths_path, spec.rows);
  const size_t num_responses = FormOf(spec.rows).num_lengths - 1;
  return std::vector<RowLengths>{
      {spec.prompt_tokens, std::vector<int64_t>(num_responses, spec.response_tokens)}};
}

absl::StatusOr<std::string> TrainSyntheticTokenizer(int64_t vocab_size) {
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.byte_fallback = false;
  spec.vocab_size = vocab_size;
  // In the work, which may be left behind (control/abandonable.h).
  return RunAbandonable([spec] {
    int64_t next_character = 0;
    const int64_t num_characters = spec.vocab_size - kSyntheticControlTokens;
    const NextText next = [&]() -> std::optional<std::string> {
      if (next_character == num_characters) return std::nullopt;
      std::string text;
      for (int64_t i = 0; i < kCharactersPerText && next_character < num_characters; ++i) {
        AppendUtf8(kFirstCharacter + static_cast<char32_t>(next_character++), text);
      }
      return text;
    };
    return TrainTokenizer(next, spec);
  });
}

std::vector<int64_t> DrawTokens(int64_t num_tokens, int64_t vocab_size, Random& random) {
  const auto num_characters = static_cast<uint64_t>(vocab_size - kSyntheticControlTokens);
  std::vector<int64_t> tokens;
  tokens.reserve(static_cast<size_t>(num_tokens));
  for (int64_t i = 0; i < num_tokens; ++i) {
    tokens.push_back(kSyntheticControlTokens + static_cast<int64_t>(random.Below(num_characters)));
  }
  return tokens;
}

std::vector<SyntheticRow> DrawRows(const std::vector<RowLengths>& lengths, int64_t num_rows,
                                   int64_t vocab_size, Random& random) {
  constexpr int64_t kBos = 1;
  constexpr int64_t kEos = 2;
  std::vector<SyntheticRow> rows;
  for (int64_t i = 0; i < num_rows; ++i) {
    const RowLengths& row_lengths = lengths[static_cast<size_t>(i) % lengths.size()];
    SyntheticRow row;
    row.prompt = DrawTokens(row_lengths.prompt - 1, vocab_size, random);
    row.prompt.insert(row.prompt.begin(), kBos);
    for (const int64_t length : row_lengths.responses) {
      row.responses.push_back(DrawTokens(length - 1, vocab_size, random));
      row.responses.back().push_back(kEos);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string SyntheticText(std::span<const int64_t> tokens, const Tokenizer& tokenizer) {
  std::string text;
  for (const int64_t token : tokens) {
    if (token >= kSyntheticControlTokens) absl::StrAppend(&text, tokenizer.Piece(token));
  }
  return text;
}

}  // namespace bench::harness
