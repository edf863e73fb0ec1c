#include "harness/stages/clm/row_evaluation.h"

#include <algorithm>
#include <span>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/definition/enum_names.h"
#include "harness/evaluation/batches.h"
#include "harness/evaluation/generation.h"
#include "harness/stages/clm/row_batch.h"
#include "harness/stages/clm/vector_batch.h"
#include "harness/stages/clm/vector_controls.h"

namespace bench::harness {
namespace {

std::vector<TargetScore> ScoreBatch(const models::Decoder& decoder, const CausalBatch& batch) {
  const at::NoGradGuard no_grad;
  const kernels::CrossEntropy result = kernels::LinearCrossEntropy(
      decoder.HeadInput(TargetStates(decoder, batch, models::Activations::kKept)),
      decoder.head_weight_VD(), batch.targets_M);
  const at::Tensor nll_M = result.nll_M.to(at::kCPU, at::kDouble).contiguous();
  const at::Tensor correct_M = result.correct_M.to(at::kCPU).contiguous();
  std::vector<TargetScore> scores(static_cast<size_t>(nll_M.numel()));
  for (size_t i = 0; i < scores.size(); ++i) {
    scores[i] = {nll_M.const_data_ptr<double>()[i], correct_M.const_data_ptr<bool>()[i]};
  }
  return scores;
}

int64_t NumTargets(const DatasetRow& row) {
  return std::count_if(row.marks.begin(), row.marks.end(),
                       [](TokenMark mark) { return mark != TokenMark::kGiven; });
}

}  // namespace

RowEvaluator::RowEvaluator(const Parts& parts) : p_(parts) {
  const int64_t limit = p_.spec.evaluation.tokens_per_language;
  for (const std::string& name : p_.dataset.groups()) groups_.push_back({name, {}});
  std::vector<int64_t> num_tokens(groups_.size());
  for (int64_t i = 0; i < p_.dataset.num_rows("validation"); ++i) {
    DatasetRow row = p_.dataset.row("validation", i);
    const auto group = static_cast<size_t>(row.group);
    if (limit > 0 && num_tokens[group] >= limit) continue;
    num_tokens[group] += std::ssize(row.tokens);
    groups_[group].rows.push_back(std::move(row));
  }
  std::erase_if(groups_, [](const Group& group) { return group.rows.empty(); });
}

absl::StatusOr<RowScores> RowEvaluator::Score(const Group& group) const {
  RowScores scores;
  for (const std::span<const DatasetRow> batch : InBatches(group.rows)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const std::vector<TargetScore> all =
        ScoreBatch(p_.decoder, MakeRowBatch(batch, p_.decoder.device()));
    std::span<const TargetScore> rest = all;
    for (const DatasetRow& row : batch) {
      const auto count = static_cast<size_t>(NumTargets(row));
      scores.Add(row, rest.first(count));
      rest = rest.subspan(count);
    }
  }
  return scores;
}

absl::StatusOr<RowAnswers> RowEvaluator::Ask(const Group& group, int64_t step) const {
  RowAnswers answers;
  if (group.rows.front().marks.back() != TokenMark::kAnswer) return answers;
  Range range(p_.ranges, RangeId::kGenerate);
  models::GenerationOptions options =
      AnswerOptions(p_.tokenizer, {.end_token = p_.tokenizer.eos_id()});
  options.max_new_tokens = 0;
  TokenRows prompts;
  for (const DatasetRow& row : group.rows) {
    const RowParts parts = PartsOf(row);
    prompts.emplace_back(parts.given.begin(), parts.given.end());
    options.max_new_tokens = std::max(options.max_new_tokens, std::ssize(parts.written));
  }
  const PromptRows prompt_rows{prompts, [&group](size_t begin, size_t count) {
                                 return VectorsOf(std::span(group.rows).subspan(begin, count));
                               }};
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> generations,
                         GenerateAnswers(p_.decoder, prompt_rows, options, nullptr));
  for (size_t i = 0; i < generations.size(); ++i) {
    const DatasetRow& row = group.rows[i];
    answers.Add(row, generations[i].tokens, p_.tokenizer.eos_id());
    if (p_.alternatives != nullptr && !p_.alternatives->empty()) {
      answers.AddOfAnotherGroup(p_.alternatives->IsOfAnotherGroup(row, generations[i].tokens));
    }
    if (static_cast<int64_t>(i) >= p_.spec.evaluation.num_samples) continue;
    BENCH_RETURN_IF_ERROR(RecordSample(group, row, generations[i].tokens, step));
  }
  return answers;
}

absl::Status RowEvaluator::RecordSample(const Group& group, const DatasetRow& row,
                                        const std::vector<int64_t>& written, int64_t step) const {
  const RowParts parts = PartsOf(row);
  const bool exact =
      std::equal(written.begin(), written.end(), parts.written.begin(), parts.written.end());
  return p_.writer.TableRow("samples", step,
                            {{"group", group.name},
                             {"input", p_.tokenizer.Decode(parts.given)},
                             {"reference", p_.tokenizer.Decode(parts.written)},
                             {"answer", p_.tokenizer.Decode(written)},
                             {"exact_match", static_cast<int64_t>(exact)}});
}

absl::Status RowEvaluator::AppendControls(
    int64_t step, std::vector<results::MetricValue>& values,
    std::vector<results::CountedProportion>& proportions) const {
  if (p_.dataset.vectors().size == 0) return absl::OkStatus();
  for (const VectorControl control : kVectorControls) {
    const std::string name(Name(control));
    RowScores all_scores;
    RowAnswers all_answers;
    for (const Group& own : groups_) {
      const Group group{name, ControlRows(control, own.rows)};
      if (group.rows.empty()) continue;
      BENCH_ASSIGN_OR_RETURN(const RowScores scores, Score(group));
      BENCH_ASSIGN_OR_RETURN(const RowAnswers answers, Ask(group, step));
      all_scores += scores;
      all_answers += answers;
    }
    if (all_scores.num_targets() == 0) continue;
    all_scores.AppendTo(name, values);
    all_scores.AppendTo(name, proportions);
    if (all_answers.empty()) continue;
    all_answers.AppendTo(name, values);
    all_answers.AppendTo(name, proportions);
  }
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> RowEvaluator::Run(EvaluationPoint point, int64_t step) {
  Evaluation evaluation;
  std::vector<results::CountedProportion> proportions;
  std::vector<results::MetricValue> answered;  // in the summary only
  RowScores all_scores;
  RowAnswers all_answers;
  const bool several = groups_.size() > 1;
  for (const Group& group : groups_) {
    BENCH_ASSIGN_OR_RETURN(const RowScores scores, Score(group));
    all_scores += scores;
    if (several) scores.AppendTo(group.name, evaluation.values);
    if (point != EvaluationPoint::kFinal) continue;
    BENCH_RETURN_IF_ERROR(scores.RecordPositions(group.name, step, p_.writer));
    BENCH_ASSIGN_OR_RETURN(const RowAnswers answers, Ask(group, step));
    all_answers += answers;
    if (!several) continue;
    scores.AppendTo(group.name, proportions);
    if (answers.empty()) continue;
    answers.AppendTo(group.name, answered);
    answers.AppendTo(group.name, proportions);
  }
  all_scores.AppendTo("", evaluation.values);
  if (point != EvaluationPoint::kFinal) return evaluation;
  all_scores.AppendTo("", proportions);
  if (!all_answers.empty()) {
    all_answers.AppendTo("", answered);
    all_answers.AppendTo("", proportions);
  }
  BENCH_RETURN_IF_ERROR(AppendControls(step, answered, proportions));
  evaluation.summary = evaluation.values;
  evaluation.summary.insert(evaluation.summary.end(), answered.begin(), answered.end());
  BENCH_RETURN_IF_ERROR(RecordProportions(p_.writer, step, proportions));
  return evaluation;
}

}  // namespace bench::harness
