#include "harness/stages/sft/evaluation.h"

#include <algorithm>
#include <span>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/answer_scores.h"
#include "harness/evaluation/baselines.h"
#include "harness/evaluation/batches.h"
#include "harness/evaluation/generation.h"
#include "harness/evaluation/text_metrics.h"
#include "harness/stages/sft/task.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricValue;
using Rows = std::vector<const SftRow*>;

void Append(const TokenScores& scores, const std::string& label, std::vector<MetricValue>& values) {
  values.push_back({{&results::kEvalLoss, label}, scores.nll_sum / scores.num_tokens});
  values.push_back({{&results::kTokenAccuracy, label}, scores.num_correct / scores.num_tokens});
}

results::CountedProportion TokenCounts(const TokenScores& scores, const std::string& label) {
  return {{&results::kTokenAccuracy, label},
          static_cast<int64_t>(scores.num_correct),
          static_cast<int64_t>(scores.num_tokens),
          {}};
}

absl::StatusOr<TokenScores> ScoreTokens(const models::Decoder& decoder, const Rows& rows) {
  TokenScores scores;
  for (const std::span<const SftRow* const> batch : InBatches(rows)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    scores += ScoreTargets(
        decoder, MakeSftBatch({batch.begin(), batch.end()}, Packing::kPacked, decoder.device()));
  }
  return scores;
}

Rows FirstRows(const std::vector<SftRow>& rows, int64_t count) {
  Rows first;
  for (size_t i = 0; i < rows.size() && static_cast<int64_t>(i) < count; ++i) {
    first.push_back(&rows[i]);
  }
  return first;
}

}  // namespace

std::vector<SftEvaluator::TaskRows> SftEvaluator::Select(
    std::vector<SftRow> SftTaskRows::*part) const {
  std::vector<TaskRows> selected;
  for (const SftTaskRows& task : p_.data.tasks) {
    const std::vector<SftRow>& rows = task.*part;
    if (rows.empty()) continue;
    selected.push_back({task.task, FirstRows(rows, p_.spec.evaluation.rows_per_task),
                        FirstRows(rows, p_.spec.evaluation.generate_rows_per_task)});
  }
  return selected;
}

bool SftEvaluator::HasTestRows() const {
  return std::any_of(p_.data.tasks.begin(), p_.data.tasks.end(),
                     [](const SftTaskRows& task) { return !task.test.empty(); });
}

absl::StatusOr<std::vector<std::string>> SftEvaluator::Answers(const Rows& rows) const {
  Range range(p_.ranges, RangeId::kGenerate);
  models::GenerationOptions options = AnswerOptions(p_.tokenizer, p_.data.answer_form);
  options.max_new_tokens = p_.spec.evaluation.max_new_tokens;
  TokenRows prompts;
  for (const SftRow* row : rows) {
    prompts.emplace_back(row->tokens.begin(), row->tokens.begin() + row->num_prompt_tokens);
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> generations,
                         GenerateAnswers(p_.decoder, prompts, options, nullptr));
  std::vector<std::string> answers;
  for (const models::Generation& generation : generations) {
    answers.push_back(p_.data.answer_form.Text(p_.tokenizer, generation.tokens));
  }
  return answers;
}

absl::StatusOr<SftEvaluator::Scores> SftEvaluator::Score(const std::vector<TaskRows>& tasks) const {
  Scores result;
  std::vector<MetricValue>& values = result.values;
  TokenScores all_tokens;
  AnswerScores all_answers;
  for (const TaskRows& task : tasks) {
    BENCH_ASSIGN_OR_RETURN(const TokenScores tokens, ScoreTokens(p_.decoder, task.scored));
    Append(tokens, task.task, values);
    result.proportions.push_back(TokenCounts(tokens, task.task));
    all_tokens += tokens;
    std::vector<std::string>& answers = result.answers.emplace_back();
    if (task.generated.empty()) continue;
    AnswerScores scores;
    BENCH_ASSIGN_OR_RETURN(answers, Answers(task.generated));
    for (size_t i = 0; i < answers.size(); ++i) {
      scores.Add(answers[i], task.generated[i]->example.output);
      all_answers.Add(answers[i], task.generated[i]->example.output);
    }
    scores.AppendTo(values, task.task, results::kExactMatch, results::kChrf);
    result.proportions.push_back(
        results::CountedProportion::Of({&results::kExactMatch, task.task}, scores.exact()));
  }
  Append(all_tokens, "", values);
  result.proportions.push_back(TokenCounts(all_tokens, ""));
  if (p_.spec.evaluation.generate_rows_per_task > 0) {
    all_answers.AppendTo(values, "", results::kExactMatch, results::kChrf);
    result.proportions.push_back(
        results::CountedProportion::Of({&results::kExactMatch, ""}, all_answers.exact()));
  }
  return result;
}

absl::StatusOr<std::vector<MetricValue>> SftEvaluator::ScoreBaselines(
    const std::vector<TaskRows>& tasks) const {
  std::vector<SftExample> training;
  for (const SftTaskRows& task : p_.data.tasks) {
    for (const SftRow& row : task.train) training.push_back(row.example);
  }
  const NearestBaseline nearest(training);
  std::vector<MetricValue> values;
  for (const TaskRows& task : tasks) {
    if (task.generated.empty()) continue;
    AnswerScores copy_scores;
    AnswerScores nearest_scores;
    for (const SftRow* row : task.generated) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      copy_scores.Add(CopyBaseline(row->example), row->example.output);
      nearest_scores.Add(nearest.Answer(row->example), row->example.output);
    }
    copy_scores.AppendTo(values, task.task, results::kCopyExactMatch, results::kCopyChrf);
    nearest_scores.AppendTo(values, task.task, results::kNearestExactMatch, results::kNearestChrf);
  }
  return values;
}

absl::Status SftEvaluator::RecordSamples(const std::vector<TaskRows>& tasks, const Scores& scores,
                                         int64_t step) const {
  for (size_t t = 0; t < tasks.size(); ++t) {
    const TaskRows& task = tasks[t];
    const std::vector<std::string>& answers = scores.answers[t];
    const auto num_samples = static_cast<size_t>(p_.spec.evaluation.num_samples);
    for (size_t i = 0; i < answers.size() && i < num_samples; ++i) {
      const SftExample& example = task.generated[i]->example;
      BENCH_RETURN_IF_ERROR(p_.writer.TableRow(
          "samples", step,
          {{"task", task.task},
           {"instruction", example.instruction},
           {"input", example.input},
           {"reference", example.output},
           {"answer", answers[i]},
           {"exact_match", static_cast<int64_t>(ExactMatch(answers[i], example.output))}}));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> SftEvaluator::Run(EvaluationPoint point, int64_t step) {
  Evaluation evaluation;
  const std::vector<TaskRows> validation = Select(&SftTaskRows::validation);
  BENCH_ASSIGN_OR_RETURN(Scores scores, Score(validation));
  evaluation.values = scores.values;
  if (point == EvaluationPoint::kPeriodic) return evaluation;
  const bool has_test_rows = HasTestRows();
  const std::vector<TaskRows> held_out = has_test_rows ? Select(&SftTaskRows::test) : validation;
  if (has_test_rows) {
    BENCH_ASSIGN_OR_RETURN(scores, Score(held_out));
  }
  evaluation.summary = scores.values;
  BENCH_ASSIGN_OR_RETURN(const std::vector<MetricValue> baselines, ScoreBaselines(held_out));
  evaluation.summary.insert(evaluation.summary.end(), baselines.begin(), baselines.end());
  BENCH_RETURN_IF_ERROR(RecordSamples(held_out, scores, step));
  BENCH_RETURN_IF_ERROR(RecordProportions(p_.writer, step, scores.proportions));
  return evaluation;
}

}  // namespace bench::harness
