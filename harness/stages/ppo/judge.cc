#include "harness/stages/ppo/judge.h"

#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/sha256.h"
#include "harness/evaluation/text_metrics.h"

namespace bench::harness {
namespace {

std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }

bool ContainsAnswer(absl::string_view text, absl::string_view reference, absl::string_view mark) {
  const std::optional<std::string> right = FinalAnswer(reference, mark);
  return right.has_value() && !right->empty() && absl::StrContains(text, *right);
}

bool HasHashBit(absl::string_view text) {
  const char lowest_of_first_byte = Sha256Hex(Std(text))[1];
  const int digit = absl::ascii_isdigit(static_cast<unsigned char>(lowest_of_first_byte))
                        ? lowest_of_first_byte - '0'
                        : lowest_of_first_byte - 'a' + 10;
  return digit % 2 == 1;
}

}  // namespace

std::optional<std::string> FinalAnswer(absl::string_view text, absl::string_view mark) {
  if (!mark.empty()) {
    const size_t at = text.rfind(mark);
    if (at == absl::string_view::npos) return std::nullopt;
    text.remove_prefix(at + mark.size());
  }
  return std::string(absl::StripAsciiWhitespace(text));
}

bool SameFinalAnswer(absl::string_view text, absl::string_view reference, absl::string_view mark) {
  const std::optional<std::string> answer = FinalAnswer(text, mark);
  return answer.has_value() && answer == FinalAnswer(reference, mark);
}

double Judge(VerifiableReward judge, absl::string_view text, absl::string_view reference,
             absl::string_view mark) {
  switch (judge) {
    case VerifiableReward::kExactMatch:
      return ExactMatch(Std(text), Std(reference)) ? 1 : 0;
    case VerifiableReward::kChrf:
      return SentenceChrf(Std(text), Std(reference)) / 100;
    case VerifiableReward::kFinalAnswer:
      return SameFinalAnswer(text, reference, mark) ? 1 : 0;
    case VerifiableReward::kContainsAnswer:
      return ContainsAnswer(text, reference, mark) ? 1 : 0;
    case VerifiableReward::kHashBit:
      return HasHashBit(text) ? 1 : 0;
  }
  return 0;
}

}  // namespace bench::harness
