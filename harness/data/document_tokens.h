// A document of pre-training as the model sees it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/tokenizer.h"

namespace bench::harness {

// The first line of `text`, with its line feed: lines are tokenised one by one, so that memory
// stays that of the longest.
std::string_view FirstLine(std::string_view text);

// BOS where the tokenizer has one, the text, EOS. StoppedError once a stop was asked for.
absl::StatusOr<std::vector<int64_t>> DocumentTokens(const Tokenizer& tokenizer,
                                                    std::string_view text);

}  // namespace bench::harness
