// Probabilities that a model gives everything of a kind that it could say, enumerated: no sampling,
// so no sampling error.
//
//   next-token   log p(token | context) = log softmax(logits behind the context)[token], for each
//                of given contexts and every token of a range
//   statements   log p(statement) = sum over its places of log p(its token there | beginning, its
//                tokens before), for every statement of a space (harness/data/statement_space.h):
//                that a text goes on so behind the beginning, whatever follows
// Contexts are batched (batches.h); each is computed once, and the statements that share one share
// its work. Log-softmax in fp64 over the whole vocabulary, of the model's own logits.
// Deterministic. Memory: 8 bytes a probability. Errors: StoppedError between batches; UsageError
// where tokens are outside the model's vocabulary or more than its positions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/data/statement_space.h"
#include "harness/evaluation/generation.h"
#include "models/decoder.h"

namespace bench::harness {

// UsageError where a model cannot read these tokens at once.
absl::Status CheckReadable(const models::Decoder& decoder, std::span<const int64_t> tokens);

// [contexts, range.count], fp64 on the CPU, natural logarithms. Contexts have at least one token.
absl::StatusOr<at::Tensor> NextTokenLogProbs(const models::Decoder& decoder,
                                             const TokenRows& contexts, const TokenRange& range);

// By number of the statement.
absl::StatusOr<std::vector<double>> StatementLogProbs(const models::Decoder& decoder,
                                                      const StatementSpace& space);

}  // namespace bench::harness
