// The pairs that a reward model learns from, tokenised.
//
// A row is the prompt (the example's instruction, written by the prompt template), a response and
// the template's end token. Truncation to max_tokens keeps the start. A pair is dropped, and
// counted, when its prompt leaves no room for a response or when nothing tells its two rows apart.
// Held out are a file of its own, none of whose prompts (by SHA-256) may occur in the training
// file, or the pairs of a hashed fraction of the prompts (harness/data/held_out.h).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/preferences.h"
#include "harness/data/tokenizer.h"
#include "harness/definition/reward_spec.h"

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
  int64_t num_dropped = 0;
  int64_t num_skipped = 0;  // invalid records that the definition allows to skip
};

// DataError for a prompt in both files, and when a part has no pairs; UsageError where the
// tokenizer lacks a control token of the prompt template.
absl::StatusOr<RewardData> LoadRewardData(const RewardSpec& spec, const Tokenizer& tokenizer);

}  // namespace bench::harness
