#include "harness/generated/addition.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace bench::harness::generated {
namespace {

constexpr std::string_view kAlphabet = "What isplu?0123456789";

std::vector<std::string> Groups(const AdditionSpec& spec) {
  std::vector<std::string> groups;
  for (int64_t digits = spec.min_digits; digits <= spec.max_digits; ++digits) {
    groups.push_back(absl::StrCat("digits_", digits));
  }
  return groups;
}

int64_t NumberOf(int64_t digits, Random& random) {
  if (digits == 1) return static_cast<int64_t>(random.Below(10));
  int64_t least = 1;
  for (int64_t i = 1; i < digits; ++i) least *= 10;
  return least + static_cast<int64_t>(random.Below(static_cast<uint64_t>(9 * least)));
}

int64_t SumOf(int64_t digits, Random& random) {
  const int64_t first = NumberOf(digits, random);
  return first + NumberOf(digits, random);
}

}  // namespace

AdditionGrammar::AdditionGrammar(const AdditionSpec& spec)
    : RowGrammar(Characters(kAlphabet).symbols(), Groups(spec)),
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
  const auto counts = static_cast<uint64_t>(spec_.max_digits - spec_.min_digits + 1);
  const int64_t digits = spec_.min_digits + static_cast<int64_t>(random.Below(counts));
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
