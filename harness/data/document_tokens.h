// A document of pre-training as the model sees it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

// The first line of `text`, with its line feed.
std::string_view FirstLine(std::string_view text);

// A text is tokenised as a whole, as prompts are, up to this length; beyond it in parts of whole
// lines, so that memory stays that of a part (some tokenizers take a hundred bytes a byte of text).
inline constexpr size_t kMaxPartBytes = size_t{1} << 20;
// The longest beginning of `text` of whole lines and at most kMaxPartBytes; its first line if that
// is longer.
std::string_view FirstPart(std::string_view text);

// BOS where the tokenizer has one, the text, EOS. StoppedError once a stop was asked for.
absl::StatusOr<std::vector<int64_t>> DocumentTokens(const Tokenizer& tokenizer,
                                                    std::string_view text);

// Bytes of text that a document's tokens from the second on stand for, which are those that a model
// is scored on: nothing predicts the first. Of a text that the tokenizer gives back as it was these
// are all of its bytes where the tokenizer has BOS, and else all but the first token's. What the
// tokenizer drops, or knows no token for, is not scored; what its normaliser changes counts as it
// is given back.
int64_t ScoredTextBytes(const Tokenizer& tokenizer, std::span<const int64_t> tokens);

}  // namespace bench::harness
