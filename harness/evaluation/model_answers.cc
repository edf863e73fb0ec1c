#include "harness/evaluation/model_answers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/data/prompt.h"
#include "harness/determinism/random.h"
#include "harness/evaluation/generation.h"

namespace bench::harness {
namespace {

struct Request {
  size_t example;
  std::vector<int64_t> prompt;
  Random random;
};

// Of each example; none where it leaves no room for an answer.
using Prompts = std::vector<std::optional<std::vector<int64_t>>>;

Prompts PromptsOf(const std::vector<SftExample>& examples, const PromptEncoder& encoder,
                  int64_t max_positions) {
  Prompts prompts;
  for (const SftExample& example : examples) {
    prompts.emplace_back(encoder.Prompt(example));
    if (std::ssize(*prompts.back()) >= max_positions) prompts.back().reset();
  }
  return prompts;
}

std::vector<Request> RequestsFor(const std::vector<SftExample>& examples, const Prompts& prompts,
                                 const NegativesSpec& spec, const SeedSource& seeds) {
  std::vector<Request> requests;
  for (size_t i = 0; i < examples.size(); ++i) {
    if (!prompts[i]) continue;
    const std::string sha256 =
        PromptSha256(examples[i].instruction, examples[i].input, examples[i].earlier);
    for (int64_t k = 0; k < spec.answers_per_prompt; ++k) {
      const uint64_t seed = seeds.For(SeedPurpose::kSampling, absl::StrCat(sha256, "/", k));
      requests.push_back({i, *prompts[i], Random(seed)});
    }
  }
  return requests;
}

absl::StatusOr<std::vector<models::Generation>> Fulfil(const models::Decoder& decoder,
                                                       std::vector<Request>& requests,
                                                       const models::GenerationOptions& options,
                                                       Progress& progress) {
  TokenRows prompts;
  for (const Request& request : requests) prompts.push_back(request.prompt);
  return GenerateAnswers(
      decoder, prompts, options,
      [&requests](int64_t sequence) {
        return requests[static_cast<size_t>(sequence)].random.Uniform();
      },
      [&](size_t done) {
        progress.Update("answer", static_cast<int64_t>(done), std::ssize(requests), "");
      });
}

models::GenerationOptions OptionsOf(const NegativesSpec& spec, const Tokenizer& tokenizer,
                                    const AnswerForm& form) {
  models::GenerationOptions options = AnswerOptions(tokenizer, form);
  options.max_new_tokens = spec.max_new_tokens;
  options.temperature = spec.temperature;
  options.top_k = spec.top_k;
  options.top_p = spec.top_p;
  return options;
}

}  // namespace

absl::StatusOr<std::vector<ModelAnswers>> AnswersOf(const DecoderArtifact& model,
                                                    const std::vector<SftExample>& examples,
                                                    const NegativesSpec& spec,
                                                    const SeedSource& seeds, Progress& progress) {
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(model.tokenizer, model.prompt_template));
  const models::GenerationOptions options = OptionsOf(spec, model.tokenizer, encoder.answer_form());
  const Prompts prompts = PromptsOf(examples, encoder, model.decoder->config().max_positions);
  std::vector<ModelAnswers> answers(examples.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    if (prompts[i]) answers[i].emplace();
  }
  std::vector<Request> requests = RequestsFor(examples, prompts, spec, seeds);
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> generations,
                         Fulfil(*model.decoder, requests, options, progress));
  for (size_t i = 0; i < requests.size(); ++i) {
    answers[requests[i].example]->push_back(
        {encoder.answer_form().Text(model.tokenizer, generations[i].tokens),
         generations[i].stopped ? AnswerEnd::kFinished : AnswerEnd::kCutOff});
  }
  progress.Finish();
  return answers;
}

}  // namespace bench::harness
