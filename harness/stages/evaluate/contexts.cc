#include "harness/stages/evaluate/contexts.h"

#include <algorithm>
#include <numbers>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/document_tokens.h"
#include "harness/stages/clm/data.h"
#include "kernels/linear_cross_entropy.h"
#include "results/metrics.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

using results::MetricValue;
using Windows = std::vector<std::vector<int64_t>>;

// Tokens that go through the model at once, of one window at least.
constexpr int64_t kTokensPerBatch = 4096;

std::string LabelOf(int64_t length) { return absl::StrCat("context_", length); }

// Targets from place `begin` of a context to place `end`.
struct Part {
  double nll = 0;
  int64_t num_correct = 0;
  int64_t num_targets = 0;

  double loss() const { return nll / static_cast<double>(num_targets); }
  double accuracy() const {
    return static_cast<double>(num_correct) / static_cast<double>(num_targets);
  }
};
Part PartOf(const ContextScores& scores, int64_t begin, int64_t end) {
  Part part;
  for (int64_t i = begin; i < end; ++i) {
    part.nll += scores.nll_T[static_cast<size_t>(i)];
    part.num_correct += scores.num_correct_T[static_cast<size_t>(i)];
  }
  part.num_targets = (end - begin) * scores.num_windows;
  return part;
}

// The last `length` targets of each window and, one before, their inputs.
CausalBatch BatchOf(const Windows& windows, size_t begin, size_t end, int64_t length,
                    at::Device device) {
  std::vector<ClmSequence> sequences;
  for (size_t i = begin; i < end; ++i) {
    sequences.push_back({{windows[i].end() - length - 1, windows[i].end()}, {}});
  }
  return MakeClmBatch(sequences, DocumentAttention::kAcross, device);
}

void AddBatch(const models::Decoder& decoder, const CausalBatch& batch, ContextScores& scores) {
  const at::NoGradGuard no_grad;
  const kernels::CrossEntropy result = kernels::LinearCrossEntropy(
      decoder.HeadInput(TargetStates(decoder, batch, models::Activations::kKept)),
      decoder.head_weight_VD(), batch.targets_M);
  const auto length = static_cast<int64_t>(scores.nll_T.size());
  const auto by_place = [length](const at::Tensor& values_M) {
    return values_M.to(at::kCPU).view({-1, length});
  };
  const at::Tensor nll_T = by_place(result.nll_M).to(at::kDouble).sum(0).contiguous();
  const at::Tensor correct_T = by_place(result.correct_M).to(at::kLong).sum(0).contiguous();
  for (int64_t i = 0; i < length; ++i) {
    scores.nll_T[static_cast<size_t>(i)] += nll_T.const_data_ptr<double>()[i];
    scores.num_correct_T[static_cast<size_t>(i)] += correct_T.const_data_ptr<int64_t>()[i];
  }
}

// Bytes of text that the scored tokens of all windows stand for.
int64_t ScoredBytes(const Tokenizer& tokenizer, const Windows& windows, int64_t scored) {
  int64_t num_bytes = 0;
  for (const std::vector<int64_t>& window : windows) {
    const std::span<const int64_t> tokens = window;
    num_bytes += ScoredTextBytes(tokenizer, tokens.last(static_cast<size_t>(scored) + 1));
  }
  return num_bytes;
}

absl::Status RecordPositions(const ContextScores& scores, const ContextParts& parts, int64_t step) {
  const auto length = static_cast<int64_t>(scores.nll_T.size());
  // What is left over stands at the beginning.
  for (int64_t end = (length - 1) % parts.spec.scored + 1; end <= length;
       end += parts.spec.scored) {
    const int64_t begin = std::max<int64_t>(end - parts.spec.scored, 0);
    const Part part = PartOf(scores, begin, end);
    BENCH_RETURN_IF_ERROR(parts.writer.TableRow("context_positions", step,
                                                {{"context", length},
                                                 {"position", begin},
                                                 {"targets", part.num_targets},
                                                 {"loss", part.loss()},
                                                 {"accuracy", part.accuracy()}}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::vector<int64_t>>> ContextWindows(
    const std::vector<TokenShard>& shards, const ContextsSpec& spec) {
  const int64_t num_tokens = spec.Lengths().back() + 1;
  std::vector<int64_t> first;  // place of each shard among all places, and their number
  first.push_back(0);
  for (const TokenShard& shard : shards) {
    const int64_t room = shard.num_tokens() - num_tokens;
    first.push_back(first.back() + (room < 0 ? 0 : room / spec.scored + 1));
  }
  const int64_t num_places = first.back();
  if (num_places == 0) {
    return DataError(absl::StrCat("no stream of held-out tokens is longer than contexts.longest ",
                                  num_tokens - 1, ": ask for shorter contexts or give more text"));
  }
  const int64_t num_windows = std::min(spec.windows, num_places);
  Windows windows;
  for (int64_t i = 0; i < num_windows; ++i) {
    const int64_t place = i * num_places / num_windows;
    const auto next = std::upper_bound(first.begin(), first.end(), place);
    const TokenShard& shard = shards[static_cast<size_t>(next - first.begin() - 1)];
    const int64_t begin = (place - *(next - 1)) * spec.scored;
    windows.push_back(shard.Tokens(begin, begin + num_tokens));
  }
  return windows;
}

absl::StatusOr<ContextScores> ScoreContext(const models::Decoder& decoder,
                                           const std::vector<std::vector<int64_t>>& windows,
                                           int64_t length) {
  ContextScores scores;
  scores.nll_T.resize(static_cast<size_t>(length));
  scores.num_correct_T.resize(static_cast<size_t>(length));
  scores.num_windows = std::ssize(windows);
  const auto batch_size = static_cast<size_t>(std::max<int64_t>(kTokensPerBatch / length, 1));
  for (size_t begin = 0; begin < windows.size(); begin += batch_size) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const size_t end = std::min(begin + batch_size, windows.size());
    AddBatch(decoder, BatchOf(windows, begin, end, length, decoder.device()), scores);
  }
  return scores;
}

absl::StatusOr<std::vector<MetricValue>> EvaluateContexts(const ContextParts& parts, int64_t step) {
  const std::vector<int64_t> lengths = parts.spec.Lengths();
  const int64_t positions = parts.decoder.config().max_positions;
  if (lengths.back() > positions) {
    return UsageError(absl::StrCat("contexts.longest = ", lengths.back(),
                                   " is more than the model's ", positions,
                                   " positions: give it more by positions.max_positions"));
  }
  BENCH_ASSIGN_OR_RETURN(const Windows windows,
                         ContextWindows(parts.dataset.part("validation"), parts.spec));
  const auto num_bytes =
      static_cast<double>(ScoredBytes(parts.tokenizer, windows, parts.spec.scored));
  std::vector<MetricValue> values;
  std::vector<results::CountedProportion> proportions;
  for (const int64_t length : lengths) {
    BENCH_ASSIGN_OR_RETURN(const ContextScores scores,
                           ScoreContext(parts.decoder, windows, length));
    BENCH_RETURN_IF_ERROR(RecordPositions(scores, parts, step));
    const Part last = PartOf(scores, length - parts.spec.scored, length);
    const std::string label = LabelOf(length);
    values.push_back({{&results::kEvalLoss, label}, last.loss()});
    values.push_back({{&results::kTokenAccuracy, label}, last.accuracy()});
    if (num_bytes > 0) {
      values.push_back(
          {{&results::kBitsPerByte, label}, last.nll / (std::numbers::ln2 * num_bytes)});
    }
    proportions.push_back(
        {{&results::kTokenAccuracy, label}, last.num_correct, last.num_targets, {}});
  }
  values.push_back({{&results::kScoredBytes, "contexts"}, num_bytes});
  BENCH_RETURN_IF_ERROR(RecordProportions(parts.writer, step, proportions));
  return values;
}

}  // namespace bench::harness
