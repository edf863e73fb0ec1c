#include "harness/evaluation/enumeration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/batches.h"
#include "models/ragged_batch.h"

namespace bench::harness {
namespace {

// [contexts, V], behind the last token of each.
at::Tensor LastLogProbs(const models::Decoder& decoder,
                        std::span<const std::vector<int64_t>> contexts) {
  const at::NoGradGuard no_grad;
  const models::RaggedBatch batch =
      models::MakeRaggedBatch(TokenRows(contexts.begin(), contexts.end()), decoder.device());
  std::vector<int64_t> last_rows;
  for (size_t i = 1; i < batch.offsets.size(); ++i) last_rows.push_back(batch.offsets[i] - 1);
  const at::Tensor rows_M = at::tensor(last_rows, at::kLong).to(decoder.device());
  return decoder.Logits(decoder.Hidden(batch).index_select(0, rows_M))
      .to(at::kDouble)
      .log_softmax(-1);
}

absl::Status CheckRange(const models::Decoder& decoder, const TokenRange& range) {
  const int64_t vocab_size = decoder.config().vocab_size;
  if (range.first >= 0 && range.first + range.count <= vocab_size) return absl::OkStatus();
  return UsageError(absl::StrCat("the token ", range.first + range.count - 1,
                                 ", outside the model's vocabulary of ", vocab_size,
                                 ": the data set and the model must have one vocabulary"));
}

absl::Status CheckFits(const models::Decoder& decoder, const StatementSpace& space) {
  for (const TokenRange& place : space.places) {
    BENCH_RETURN_IF_ERROR(Annotate(CheckRange(decoder, place), "statements"));
  }
  // What is read: all but the last token.
  std::vector<int64_t> longest = space.begin;
  for (size_t place = 0; place + 1 < space.places.size(); ++place) {
    longest.push_back(space.places[place].first);
  }
  return Annotate(CheckReadable(decoder, longest), "statements");
}

// Every context with every token of the range behind it.
TokenRows Continued(const TokenRows& contexts, const TokenRange& range) {
  TokenRows continued;
  continued.reserve(contexts.size() * static_cast<size_t>(range.count));
  for (const std::vector<int64_t>& context : contexts) {
    for (int64_t i = 0; i < range.count; ++i) {
      continued.push_back(context);
      continued.back().push_back(range.first + i);
    }
  }
  return continued;
}

}  // namespace

absl::Status CheckReadable(const models::Decoder& decoder, std::span<const int64_t> tokens) {
  const models::DecoderConfig& config = decoder.config();
  if (std::ssize(tokens) > config.max_positions) {
    return UsageError(absl::StrCat(tokens.size(), " tokens do not fit into the model's ",
                                   config.max_positions,
                                   " positions: take a model with more, or shorter rows"));
  }
  const auto outside = std::find_if(tokens.begin(), tokens.end(), [&](int64_t token) {
    return token < 0 || token >= config.vocab_size;
  });
  if (outside == tokens.end()) return absl::OkStatus();
  return CheckRange(decoder, {*outside, 1});
}

absl::StatusOr<at::Tensor> NextTokenLogProbs(const models::Decoder& decoder,
                                             const TokenRows& contexts, const TokenRange& range) {
  BENCH_RETURN_IF_ERROR(CheckRange(decoder, range));
  for (const std::vector<int64_t>& context : contexts) {
    BENCH_RETURN_IF_ERROR(CheckReadable(decoder, context));
  }
  std::vector<at::Tensor> batches;
  for (const std::span<const std::vector<int64_t>> batch : InBatches(contexts)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    batches.push_back(
        LastLogProbs(decoder, batch).narrow(1, range.first, range.count).to(at::kCPU));
  }
  return at::cat(batches).contiguous();
}

absl::StatusOr<std::vector<double>> StatementLogProbs(const models::Decoder& decoder,
                                                      const StatementSpace& space) {
  BENCH_RETURN_IF_ERROR(CheckFits(decoder, space));
  TokenRows contexts = {space.begin};
  std::vector<double> log_probs = {0};  // of the contexts
  for (size_t place = 0; place < space.places.size(); ++place) {
    const TokenRange& range = space.places[place];
    BENCH_ASSIGN_OR_RETURN(const at::Tensor next, NextTokenLogProbs(decoder, contexts, range));
    const double* of_token = next.const_data_ptr<double>();
    std::vector<double> continued;
    continued.reserve(static_cast<size_t>(next.numel()));
    for (const double before : log_probs) {
      for (int64_t i = 0; i < range.count; ++i) continued.push_back(before + *of_token++);
    }
    log_probs = std::move(continued);
    if (place + 1 < space.places.size()) contexts = Continued(contexts, range);
  }
  return log_probs;
}

}  // namespace bench::harness
