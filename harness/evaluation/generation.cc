#include "harness/evaluation/generation.h"

#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

models::GenerationOptions AnswerOptions(const Tokenizer& tokenizer, int64_t end_token) {
  models::GenerationOptions options(tokenizer.vocab_size());
  options.stop_token = end_token;
  options.cancelled = [] { return StopSignal().has_value(); };
  return options;
}

absl::StatusOr<std::vector<models::Generation>> GenerateAnswers(
    const models::Decoder& decoder, const std::vector<std::vector<int64_t>>& prompts,
    const models::GenerationOptions& options, const models::UniformSource& uniform) {
  std::vector<models::Generation> generations =
      models::Generate(decoder, prompts, options, uniform);
  BENCH_RETURN_IF_ERROR(CheckNotStopped());
  return generations;
}

}  // namespace bench::harness
