#include "harness/generated/addition.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "harness/generated/numbers.h"

namespace bench::harness::generated {
namespace {

constexpr std::string_view kAlphabet = "What isplu?0123456789";

int64_t SumOf(int64_t digits, Random& random) {
  const int64_t first = NumberOf(digits, random);
  return first + NumberOf(digits, random);
}

}  // namespace

AdditionGrammar::AdditionGrammar(const AdditionSpec& spec)
    : RowGrammar(Characters(kAlphabet).symbols(), DigitGroups(spec.min_digits, spec.max_digits)),
      spec_(spec),
      characters_(kAlphabet) {}

std::string AdditionGrammar::AnswerText(int64_t sum) const {
  std::string text = absl::StrCat(sum);
  const auto width = static_cast<size_t>(spec_.max_digits + 1);
  if (spec_.padded && text.size() < width) {
    text = absl::StrCat(std::string(width - text.size(), '0'), text);
  }
  if (spec_.order == DigitOrder::kReversed) std::reverse(text.begin(), text.end());
  return text;
}

Row AdditionGrammar::Draw(Part, int64_t, RowStreams& streams) const {
  Random& random = streams.row;
  const int64_t digits = DigitsBetween(spec_.min_digits, spec_.max_digits, random);
  const int64_t first = NumberOf(digits, random);
  const int64_t second = NumberOf(digits, random);
  const bool shuffled = spec_.answers == SumAnswer::kShuffled;
  const int64_t sum = shuffled ? SumOf(digits, streams.control) : first + second;
  Row row;
  row.group = digits - spec_.min_digits;
  row.key = absl::StrCat(first, "+", second);
  characters_.Append(absl::StrCat("What is ", first, " plus ", second, "?"), TokenMark::kGiven,
                     row);
  characters_.Append(AnswerText(sum), TokenMark::kAnswer, row);
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
