#include "harness/data/held_out.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"

namespace bench::harness {

double HeldOutHash(std::string_view instruction, std::string_view input) {
  const std::string hash =
      Sha256Hex(absl::StrCat("bench-split\n", std::string(instruction), "\n", std::string(input)));
  // 13 hexadecimal digits are 52 bits, exact in a double.
  return static_cast<double>(std::stoull(hash.substr(0, 13), nullptr, 16)) * 0x1.0p-52;
}

double HeldOutHash(std::string_view instruction, std::string_view input,
                   const EarlierTurns& earlier) {
  if (earlier.turns.empty()) return HeldOutHash(instruction, input);
  return HeldOutHash(earlier.turns[0].user, "");
}

namespace internal {

std::optional<MovedPrompt> PromptToMove(const std::vector<double>& training,
                                        const std::vector<double>& held_out) {
  if (training.empty() == held_out.empty()) return std::nullopt;
  const std::vector<double>& all = training.empty() ? held_out : training;
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  if (*least == *most) return std::nullopt;
  if (held_out.empty()) return MovedPrompt{MovedPrompt::To::kHeldOut, *least};
  return MovedPrompt{MovedPrompt::To::kTraining, *most};
}

}  // namespace internal
}  // namespace bench::harness
