#include "harness/evaluation/generation.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

// Of what is decoded.
int64_t ElementBytes(const models::Decoder& decoder) {
  return static_cast<int64_t>(c10::elementSize(decoder.compute_type()));
}

// models::Generate would convert all parameters for each batch; null where none are to be.
std::unique_ptr<const models::Decoder> InComputeType(const models::Decoder& decoder) {
  const at::ScalarType type = decoder.compute_type();
  if (decoder.parameters().front().tensor.scalar_type() == type) return nullptr;
  return decoder.CopyIn(type);
}

}  // namespace

models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, const AnswerForm& form) {
  models::GenerationOptions options(tokenizer.vocab_size());
  options.stop_token = form.end_token;
  if (!form.stop_tokens.empty() || !form.stop_texts.empty()) {
    options.is_complete = [&tokenizer, form](const std::vector<int64_t>& tokens) {
      return form.IsComplete(tokenizer, tokens);
    };
  }
  options.cancelled = [] { return StopSignal().has_value(); };
  return options;
}

models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, int64_t end_token) {
  return AnswerOptions(tokenizer, AnswerForm{.end_token = end_token});
}

size_t NumDecodedTogether(const models::DecoderConfig& config, int64_t element_bytes,
                          std::span<const std::vector<int64_t>> prompts, int64_t max_new_tokens) {
  const int64_t token_bytes =
      2 * config.num_layers * config.num_kv_heads * config.head_dim * element_bytes;
  int64_t room = kMostCacheBytes / token_bytes;
  size_t count = 0;
  while (count < prompts.size() && count < kMostSequencesTogether) {
    room -= std::min(config.max_positions, std::ssize(prompts[count]) + max_new_tokens);
    if (room < 0) break;
    ++count;
  }
  return std::max<size_t>(count, 1);
}

absl::StatusOr<std::vector<models::Generation>> GenerateAnswers(
    const models::Decoder& decoder, const PromptRows& prompts,
    const models::GenerationOptions& options, const models::UniformSource& uniform,
    const std::function<void(size_t done)>& on_batch) {
  const TokenRows& rows = prompts.tokens;
  const std::unique_ptr<const models::Decoder> converted = InComputeType(decoder);
  const models::Decoder& decoded = converted ? *converted : decoder;
  std::vector<models::Generation> generations;
  while (generations.size() < rows.size()) {
    const size_t begin = generations.size();
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(begin);
    const size_t count = NumDecodedTogether(decoded.config(), ElementBytes(decoded),
                                            std::span(first, rows.end()), options.max_new_tokens);
    const models::SequenceVectors vectors =
        prompts.vectors ? prompts.vectors(begin, count) : models::SequenceVectors();
    std::vector<models::Generation> batch = models::Generate(
        decoded, {first, first + static_cast<std::ptrdiff_t>(count)}, options,
        [&](int64_t sequence) { return uniform(static_cast<int64_t>(begin) + sequence); }, vectors);
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    std::move(batch.begin(), batch.end(), std::back_inserter(generations));
    if (on_batch) on_batch(generations.size());
  }
  return generations;
}

}  // namespace bench::harness
