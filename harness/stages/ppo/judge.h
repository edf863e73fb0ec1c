// Programs that judge an answer: verifiable rewards, without a model.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "harness/definition/ppo_spec.h"

namespace bench::harness {

// What follows `mark` last, without white space around it; all of the text where `mark` is empty.
// nullopt where the text has no mark.
std::optional<std::string> FinalAnswer(absl::string_view text, absl::string_view mark);

// Whether both have a final answer, and the same.
bool SameFinalAnswer(absl::string_view text, absl::string_view reference, absl::string_view mark);

// In [0, 1], as VerifiableReward defines it; `mark` is reward.mark. kHashBit is the lowest bit of
// the first byte of the answer's SHA-256, so that half of all answers have it.
double Judge(VerifiableReward judge, absl::string_view text, absl::string_view reference,
             absl::string_view mark);

}  // namespace bench::harness
