// The pairs that a reward model learns from, tokenised.
//
// A row is the prompt (as an example's instruction and input, written by the prompt template), a
// response and the template's end token. Truncation to max_tokens keeps the start. A pair is
// dropped, and counted, when its prompt leaves no room for a response or when nothing tells its two
// rows apart. Held out are the part "validation" of an artifact of preferences or a file of its
// own, none of whose prompts (by SHA-256) may be trained on, or the pairs of a hashed fraction of
// the prompts of a user's one file (harness/data/held_out.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/preferences.h"
#include "harness/definition/reward_spec.h"
#include "harness/stages/left_out.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct RewardPair {
  Preference preference;
  std::vector<int64_t> chosen, rejected;  // whole rows, the prompt included
  int64_t num_prompt_tokens = 0;

  int64_t num_response_tokens() const {
    return static_cast<int64_t>(chosen.size() + rejected.size()) - 2 * num_prompt_tokens;
  }
};

struct RewardData {
  std::vector<RewardPair> train, validation;  // in file order
  LeftOutRecords left_out;
};

// `inputs` by role, "dataset" where the definition names one. DataError for a prompt that is
// trained on and held out, and when a part has no pairs; UsageError where the tokenizer lacks a
// control token of the prompt template.
absl::StatusOr<RewardData> LoadRewardData(const RewardSpec& spec, const Tokenizer& tokenizer,
                                          const std::map<std::string, Artifact>& inputs);

}  // namespace bench::harness
