#include "harness/stages/clm/evaluation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/document_tokens.h"
#include "harness/determinism/random.h"
#include "harness/evaluation/generation.h"
#include "harness/stages/clm/data.h"
#include "results/metrics.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

using results::MetricValue;

// Tokens that go through the model at once: enough to fill the matrix products, little memory.
constexpr int64_t kTokensPerBatch = 4096;

struct TextScores {
  TokenScores tokens;
  double num_bytes = 0;  // that the tokens stand for

  void operator+=(const TextScores& other) {
    tokens += other.tokens;
    num_bytes += other.num_bytes;
  }
  void AppendTo(std::vector<MetricValue>& values, const std::string& label) const {
    const double loss = tokens.nll_sum / tokens.num_tokens;
    values.push_back({{&results::kEvalLoss, label}, loss});
    values.push_back({{&results::kPerplexity, label}, std::exp(loss)});
    if (num_bytes > 0) {
      values.push_back(
          {{&results::kBitsPerByte, label}, tokens.nll_sum / (std::numbers::ln2 * num_bytes)});
    }
    values.push_back({{&results::kTokenAccuracy, label}, tokens.num_correct / tokens.num_tokens});
  }
};

// Collects windows and scores them batch by batch.
class WindowScorer {
 public:
  WindowScorer(const models::Decoder& decoder, int64_t max_tokens)
      : decoder_(decoder), max_tokens_(max_tokens) {}

  void Add(const std::vector<int64_t>& document) {
    for (int64_t begin = 0; begin + 1 < std::ssize(document); begin += max_tokens_) {
      const int64_t end = std::min(begin + max_tokens_ + 1, std::ssize(document));
      windows_.push_back({{document.begin() + begin, document.begin() + end}, {}});
      num_waiting_ += end - begin - 1;
      if (num_waiting_ >= kTokensPerBatch) Flush();
    }
  }
  TokenScores Take() {
    Flush();
    return scores_;
  }

 private:
  void Flush() {
    if (windows_.empty()) return;
    scores_ += ScoreTargets(decoder_,
                            MakeClmBatch(windows_, DocumentAttention::kWithin, decoder_.device()));
    windows_.clear();
    num_waiting_ = 0;
  }

  const models::Decoder& decoder_;
  int64_t max_tokens_;
  std::vector<ClmSequence> windows_;
  int64_t num_waiting_ = 0;
  TokenScores scores_;
};

}  // namespace

ClmEvaluator::ClmEvaluator(const Parts& parts) : p_(parts) { Select(); }

void ClmEvaluator::Select() {
  const int64_t limit = p_.spec.evaluation.tokens_per_language;
  for (const std::string& name : p_.dataset.languages()) languages_.push_back({name, {}, 0});
  for (const TokenShard& shard : p_.dataset.part("validation")) {
    for (int64_t i = 0; i < shard.num_documents(); ++i) {
      const TokenDocument& document = shard.document(i);
      Language& language = languages_[document.language];
      if (limit > 0 && language.num_tokens >= limit) continue;
      Document& held_out = language.documents.emplace_back();
      held_out.tokens =
          shard.Tokens(static_cast<int64_t>(document.first_token), shard.document_end(i));
      held_out.num_scored_bytes = ScoredTextBytes(p_.tokenizer, held_out.tokens);
      language.num_tokens += std::ssize(held_out.tokens);
    }
  }
  std::erase_if(languages_, [](const Language& language) { return language.documents.empty(); });
}

absl::StatusOr<Evaluation> ClmEvaluator::Run(EvaluationPoint point, int64_t step) {
  Evaluation evaluation;
  std::vector<MetricValue> sizes;
  std::vector<results::CountedProportion> proportions;
  const auto append = [&](const TextScores& scores, const std::string& label) {
    scores.AppendTo(evaluation.values, label);
    proportions.push_back({{&results::kTokenAccuracy, label},
                           static_cast<int64_t>(scores.tokens.num_correct),
                           static_cast<int64_t>(scores.tokens.num_tokens),
                           {}});
    sizes.push_back({{&results::kScoredBytes, label}, scores.num_bytes});
  };
  TextScores all;
  for (const Language& language : languages_) {
    WindowScorer scorer(p_.decoder, p_.spec.training.max_tokens);
    TextScores scores;
    for (const Document& document : language.documents) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      scorer.Add(document.tokens);
      scores.num_bytes += static_cast<double>(document.num_scored_bytes);
    }
    scores.tokens = scorer.Take();
    if (languages_.size() > 1) append(scores, language.name);
    all += scores;
    if (point == EvaluationPoint::kFinal) BENCH_RETURN_IF_ERROR(RecordSamples(language, step));
  }
  append(all, "");
  if (point == EvaluationPoint::kFinal) {
    evaluation.summary = evaluation.values;
    evaluation.summary.insert(evaluation.summary.end(), sizes.begin(), sizes.end());
    BENCH_RETURN_IF_ERROR(RecordProportions(p_.writer, step, proportions));
  }
  return evaluation;
}

absl::Status ClmEvaluator::RecordSamples(const Language& language, int64_t step) const {
  Range range(p_.ranges, RangeId::kGenerate);
  const ClmEvaluationSpec& spec = p_.spec.evaluation;
  std::vector<std::vector<int64_t>> prompts;
  std::vector<Random> draws;
  for (const Document& document : language.documents) {
    if (std::ssize(prompts) == spec.num_samples) break;
    const int64_t length = std::min(spec.sample_prompt_tokens, std::ssize(document.tokens));
    draws.emplace_back(
        p_.seeds.For(SeedPurpose::kSampling, absl::StrCat(language.name, "/", prompts.size())));
    prompts.emplace_back(document.tokens.begin(), document.tokens.begin() + length);
  }
  models::GenerationOptions options = AnswerOptions(p_.tokenizer, p_.tokenizer.eos_id());
  options.max_new_tokens = spec.sample_new_tokens;
  options.temperature = spec.sample_temperature;
  options.top_p = spec.sample_top_p;
  if (prompts.empty()) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> generations,
                         GenerateAnswers(p_.decoder, prompts, options, [&draws](int64_t sequence) {
                           return draws[static_cast<size_t>(sequence)].Uniform();
                         }));
  for (size_t i = 0; i < prompts.size(); ++i) {
    BENCH_RETURN_IF_ERROR(
        p_.writer.TableRow("samples", step,
                           {{"language", language.name},
                            {"input", p_.tokenizer.Decode(prompts[i])},
                            {"answer", p_.tokenizer.Decode(generations[i].tokens)}}));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
