#include "harness/evaluation/probes/continuations.h"

#include <algorithm>
#include <span>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/batches.h"
#include "harness/stages/batches/causal_batch.h"
#include "harness/text/text.h"
#include "kernels/linear_cross_entropy.h"

namespace bench::harness {
namespace {

struct Row {
  std::vector<int64_t> tokens;
  int64_t num_prompt_tokens = 0;
};

// At most `max_positions` tokens are read: the last one is only predicted.
Row RowOf(const EncodedPair& pair, int64_t max_positions) {
  Row row;
  row.tokens = pair.context;
  row.tokens.insert(row.tokens.end(), pair.continuation.begin(), pair.continuation.end());
  const int64_t excess = std::max<int64_t>(0, std::ssize(row.tokens) - (max_positions + 1));
  row.tokens.erase(row.tokens.begin(), row.tokens.begin() + excess);
  // A continuation that is too long itself loses its beginning, and its first token is not scored.
  row.num_prompt_tokens = std::max<int64_t>(1, std::ssize(pair.context) - excess);
  return row;
}

std::vector<ContinuationScore> ScoreRows(const models::Decoder& decoder,
                                         std::span<const Row> rows) {
  std::vector<PromptedRow> prompted;
  for (const Row& row : rows) prompted.push_back({&row.tokens, row.num_prompt_tokens});
  const at::NoGradGuard no_grad;
  const CausalBatch batch = MakeCausalBatch(prompted, Packing::kPacked, decoder.device());
  const kernels::CrossEntropy found = kernels::LinearCrossEntropy(
      decoder.HeadInput(TargetStates(decoder, batch, models::Activations::kKept)),
      decoder.head_weight_VD(), batch.targets_M);
  const at::Tensor nll_M = found.nll_M.to(at::kCPU, at::kDouble).contiguous();
  const at::Tensor correct_M = found.correct_M.to(at::kCPU).contiguous();
  const double* nll = nll_M.const_data_ptr<double>();
  const bool* correct = correct_M.const_data_ptr<bool>();
  std::vector<ContinuationScore> scores;
  for (const Row& row : rows) {
    ContinuationScore& score = scores.emplace_back();
    for (int64_t i = row.num_prompt_tokens; i < std::ssize(row.tokens); ++i) {
      score.log_prob -= *nll++;
      score.is_greedy &= *correct++;
    }
  }
  return scores;
}

}  // namespace

int64_t PrefixToken(const Tokenizer& tokenizer) {
  return tokenizer.bos_id().value_or(tokenizer.eos_id());
}

EncodedPair EncodePair(const Tokenizer& tokenizer, const std::string& context,
                       const std::string& continuation, ContextStart start) {
  const size_t num_kept = context.size() - TrailingWhitespaceBytes(context);
  const std::string kept = context.substr(0, num_kept);
  const std::vector<int64_t> whole = tokenizer.Encode(context + continuation);
  EncodedPair pair;
  pair.context = tokenizer.Encode(kept);
  const auto begin = std::min(std::ssize(pair.context), std::ssize(whole));
  pair.continuation.assign(whole.begin() + begin, whole.end());
  if (pair.context.empty() || (start == ContextStart::kBos && tokenizer.bos_id())) {
    pair.context.insert(pair.context.begin(), PrefixToken(tokenizer));
  }
  return pair;
}

std::vector<EncodedPair> RollingWindows(const Tokenizer& tokenizer, const std::string& text,
                                        int64_t max_tokens) {
  std::vector<int64_t> tokens = tokenizer.Encode(text);
  tokens.insert(tokens.begin(), PrefixToken(tokenizer));
  std::vector<EncodedPair> windows;
  for (int64_t begin = 1; begin < std::ssize(tokens); begin += max_tokens) {
    const int64_t end = std::min(begin + max_tokens, std::ssize(tokens));
    const int64_t first = std::max<int64_t>(0, end - 1 - max_tokens);
    windows.push_back({{tokens.begin() + first, tokens.begin() + begin},
                       {tokens.begin() + begin, tokens.begin() + end}});
  }
  return windows;
}

absl::StatusOr<std::vector<ContinuationScore>> ScoreContinuations(
    const models::Decoder& decoder, const std::vector<EncodedPair>& pairs) {
  std::vector<Row> rows;
  for (const EncodedPair& pair : pairs) {
    rows.push_back(RowOf(pair, decoder.config().max_positions));
  }
  std::vector<ContinuationScore> scores;
  for (const std::span<const Row> batch : InBatches(rows)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const std::vector<ContinuationScore> found = ScoreRows(decoder, batch);
    scores.insert(scores.end(), found.begin(), found.end());
  }
  return scores;
}

}  // namespace bench::harness
