#include "harness/evaluation/enumeration.h"

#include <span>
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

absl::Status CheckFits(const models::Decoder& decoder, const StatementSpace& space) {
  const models::DecoderConfig& config = decoder.config();
  const int64_t length = std::ssize(space.begin) + std::ssize(space.places) - 1;
  if (length > config.max_positions) {
    return UsageError(absl::StrCat("statements of ", length + 1,
                                   " tokens do not fit into the model's ", config.max_positions,
                                   " positions"));
  }
  for (const TokenRange& place : space.places) {
    if (place.first + place.count <= config.vocab_size) continue;
    return UsageError(absl::StrCat("statements have the token ", place.first + place.count - 1,
                                   ", outside the model's vocabulary of ", config.vocab_size));
  }
  return absl::OkStatus();
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

absl::StatusOr<at::Tensor> NextTokenLogProbs(const models::Decoder& decoder,
                                             const TokenRows& contexts, const TokenRange& range) {
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
