// How probable texts are behind others.
//
// A pair is encoded as one text, and the continuation begins behind the tokens of the context
// alone; white space that ends the context belongs to the continuation. An empty context is one
// token, BOS or, without one, EOS. Of a pair that is longer than the model's positions the
// beginning is left out. As lm-evaluation-harness does (api/model.py, models/huggingface.py).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"

namespace bench::harness {

// Tokens; neither is empty.
struct EncodedPair {
  std::vector<int64_t> context, continuation;
};

enum class ContextStart : uint8_t { kPlain, kBos };

// What stands for a text that is not there: BOS, or EOS.
int64_t PrefixToken(const Tokenizer& tokenizer);

EncodedPair EncodePair(const Tokenizer& tokenizer, const std::string& context,
                       const std::string& continuation, ContextStart start = ContextStart::kPlain);

// Windows in which every token of a text is predicted once: the first behind the prefix token, each
// later one behind at least the token before it, and as much more as `max_tokens`, of which no
// window reads more, leave.
std::vector<EncodedPair> RollingWindows(const Tokenizer& tokenizer, const std::string& text,
                                        int64_t max_tokens);

struct ContinuationScore {
  double log_prob = 0;    // of all its tokens together, nats
  bool is_greedy = true;  // each is the most probable one
};

// In the order of `pairs`. StoppedError between batches.
absl::StatusOr<std::vector<ContinuationScore>> ScoreContinuations(
    const models::Decoder& decoder, const std::vector<EncodedPair>& pairs);

}  // namespace bench::harness
