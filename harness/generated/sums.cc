#include "harness/generated/sums.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "harness/generated/numbers.h"

namespace bench::harness::generated {
namespace {

constexpr std::string_view kAlphabet = "0123456789+=,#";

struct Numbers {
  int64_t first = 0;
  int64_t second = 0;
};

Numbers DrawNumbers(int64_t digits, Random& random) {
  const int64_t first = NumberOf(digits, random);
  return {first, NumberOf(digits, random)};
}

std::string Columns(Numbers numbers, int64_t digits) {
  std::string text;
  int64_t carry = 0;
  for (int64_t i = 0; i < digits; ++i) {
    const int64_t a = numbers.first % 10;
    const int64_t b = numbers.second % 10;
    const int64_t sum = a + b + carry;
    absl::StrAppend(&text, a, "+", b, "+", carry, "=", sum / 10, sum % 10, ",");
    carry = sum / 10;
    numbers = {numbers.first / 10, numbers.second / 10};
  }
  return text;
}

}  // namespace

SumsGrammar::SumsGrammar(const SumsSpec& spec)
    : RowGrammar(Characters(kAlphabet).symbols(), DigitGroups(spec.min_digits, spec.max_digits)),
      spec_(spec),
      characters_(kAlphabet) {}

Row SumsGrammar::Draw(Part, int64_t, RowStreams& streams) const {
  const int64_t digits = DigitsBetween(spec_.min_digits, spec_.max_digits, streams.row);
  const Numbers numbers = DrawNumbers(digits, streams.row);
  Row row;
  row.group = digits - spec_.min_digits;
  row.key = absl::StrCat(numbers.first, "+", numbers.second);
  characters_.Append(absl::StrCat(row.key, "="), TokenMark::kGiven, row);
  std::string sum = absl::StrCat(numbers.first + numbers.second);
  switch (spec_.written) {
    case SumSteps::kPlain:
      break;
    case SumSteps::kReversed:
      std::reverse(sum.begin(), sum.end());
      break;
    case SumSteps::kSteps:
      characters_.Append(Columns(numbers, digits), TokenMark::kTarget, row);
      break;
    case SumSteps::kWrong:
      characters_.Append(Columns(DrawNumbers(digits, streams.control), digits), TokenMark::kTarget,
                         row);
      break;
  }
  characters_.Append("#", TokenMark::kTarget, row);
  characters_.Append(sum, TokenMark::kAnswer, row);
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
