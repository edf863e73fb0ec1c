// A document of pre-training as the model sees it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/tokenizer.h"

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

}  // namespace bench::harness
