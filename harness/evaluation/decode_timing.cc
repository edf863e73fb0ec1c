#include "harness/evaluation/decode_timing.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/alpaca.h"
#include "harness/data/prompt.h"
#include "models/generate.h"

namespace bench::harness {
namespace {

absl::Status CheckRoom(const models::Decoder& decoder, const TokenRows& prompts,
                       const DecodeTimingSpec& spec) {
  int64_t longest = 0;
  for (const std::vector<int64_t>& prompt : prompts) {
    longest = std::max(longest, std::ssize(prompt));
  }
  const int64_t positions = decoder.config().max_positions;
  if (longest + spec.new_tokens <= positions) return absl::OkStatus();
  return UsageError(absl::StrCat("decode.new_tokens: ", spec.new_tokens, " after a prompt of ",
                                 longest, " is more than the model's ", positions, " positions"));
}

}  // namespace

absl::StatusOr<TokenRows> ReadPrompts(const std::string& path, const DecodeTimingSpec& spec,
                                      const DecoderArtifact& model) {
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(model.tokenizer, model.prompt_template));
  BENCH_ASSIGN_OR_RETURN(const AlpacaData data, ReadAlpaca(path));
  TokenRows prompts;
  for (const SftExample& example : data.examples) {
    if (std::ssize(prompts) == spec.num_prompts) break;
    prompts.push_back(encoder.Prompt(example));
  }
  if (std::ssize(prompts) == spec.num_prompts) return prompts;
  return DataError(absl::StrCat(path, " has ", prompts.size(), " prompts, decode.num_prompts is ",
                                spec.num_prompts));
}

absl::StatusOr<DecodeTimes> TimeDecoding(const models::Decoder& decoder, const TokenRows& prompts,
                                         const DecodeTimingSpec& spec, int64_t vocab_size) {
  using Clock = std::chrono::steady_clock;
  BENCH_RETURN_IF_ERROR(CheckRoom(decoder, prompts, spec));
  models::GenerationOptions options(vocab_size);
  options.max_new_tokens = spec.new_tokens;
  options.cancelled = [] { return StopSignal().has_value(); };
  DecodeTimes times;
  for (int64_t i = 0; i < spec.warmup + spec.repeats; ++i) {
    const Clock::time_point begin = Clock::now();
    BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> rows,
                           GenerateAnswers(decoder, prompts, options, /*uniform=*/nullptr));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (i < spec.warmup) continue;
    times.seconds.push_back(seconds);
    times.num_tokens = 0;
    for (const models::Generation& row : rows) times.num_tokens += std::ssize(row.tokens);
  }
  return times;
}

}  // namespace bench::harness
