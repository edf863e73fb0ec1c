#include "harness/stages/generated/records.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/alpaca.h"
#include "harness/generated/symbol_model.h"

namespace bench::harness {
namespace {

using generated::Part;

constexpr std::array<std::string_view, 4> kNames = {"sft", "ppo", "validation", "test"};

// Its text, if that is read as the same symbols.
absl::StatusOr<std::string> TextOf(std::span<const int64_t> tokens, const Tokenizer& tokenizer) {
  const std::string text = tokenizer.Decode(tokens);
  const std::vector<int64_t> read = tokenizer.Encode(text);
  if (std::equal(read.begin(), read.end(), tokens.begin(), tokens.end())) return text;
  return UsageError(absl::StrCat("generated.demonstrations: rows of this grammar are no text: \"",
                                 text, "\" is read as other symbols"));
}

}  // namespace

InstructionRows::File InstructionRows::FileOf(Part part) {
  const int64_t row = num_rows_.at(static_cast<size_t>(part))++;
  if (part == Part::kTrain) return row < demonstrations_ ? kSft : kPpo;
  return row % 2 == 0 ? kValidation : kTest;
}

absl::Status InstructionRows::Add(Part part, const generated::Row& row, const std::string& group) {
  std::span<const int64_t> tokens = row.tokens;
  const auto target = std::find_if(row.marks.begin(), row.marks.end(),
                                   [](TokenMark mark) { return mark != TokenMark::kGiven; });
  auto num_given = static_cast<size_t>(target - row.marks.begin());
  if (tokens.front() == generated::kBeginToken) {  // a prompt begins with it anyway
    tokens = tokens.subspan(1);
    --num_given;
  }
  if (tokens.back() == generated::kEndToken) tokens = tokens.first(tokens.size() - 1);
  BENCH_ASSIGN_OR_RETURN(const std::string question, TextOf(tokens.first(num_given), tokenizer_));
  BENCH_ASSIGN_OR_RETURN(const std::string answer, TextOf(tokens.subspan(num_given), tokenizer_));
  if (!questions_.insert(question).second) return absl::OkStatus();
  absl::StrAppend(&lines_.at(FileOf(part)), AlpacaLine({question, "", answer, group}), "\n");
  return absl::OkStatus();
}

absl::Status InstructionRows::Publish(const std::string& folder) const {
  const int64_t train = num_rows_.at(static_cast<size_t>(Part::kTrain));
  const int64_t held_out = num_rows_.at(static_cast<size_t>(Part::kValidation));
  if (train <= demonstrations_ || held_out < 2) {
    return UsageError(absl::StrCat(
        "generated.demonstrations: ", demonstrations_, " of ", train,
        " different training questions and ", held_out,
        " held-out ones do not fill sft, ppo, validation and test: lower it, or draw more rows"));
  }
  for (size_t file = 0; file < lines_.size(); ++file) {
    const std::string path = absl::StrCat(folder, "/", internal::View(kNames.at(file)), ".jsonl");
    BENCH_RETURN_IF_ERROR(PublishFile(path, lines_.at(file)));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
