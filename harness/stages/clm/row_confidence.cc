#include "harness/stages/clm/row_confidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/evaluation/enumeration.h"
#include "harness/evaluation/selective_answers.h"
#include "harness/stages/clm/row_answers.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// In percent of the questions: what precision is given at, and the rows of the table.
constexpr int64_t kCoverages[] = {25, 50, 75};
constexpr int64_t kTableStep = 5;

double ShareOf(const std::vector<bool>& items) {
  return static_cast<double>(std::count(items.begin(), items.end(), true)) /
         static_cast<double>(items.size());
}

// At least one answer.
size_t NumAnswers(size_t num_questions, int64_t percent) {
  const double share = static_cast<double>(percent) / 100;
  return std::max<size_t>(
      1, static_cast<size_t>(std::llround(share * static_cast<double>(num_questions))));
}

std::vector<bool> WrongAnswers(const ConfidentAnswers& answers) {
  std::vector<bool> wrong(answers.right.size());
  for (size_t i = 0; i < wrong.size(); ++i) wrong[i] = !answers.refused[i] && !answers.right[i];
  return wrong;
}

std::vector<bool> Answered(const ConfidentAnswers& answers) {
  std::vector<bool> answered = answers.refused;
  answered.flip();
  return answered;
}

// Adds what the log-probabilities of a question's next token say.
void AddAnswer(std::span<const double> log_probs, int64_t expected, std::optional<int64_t> refusal,
               ConfidentAnswers& answers) {
  int64_t best = -1;
  for (int64_t token = 0; token < std::ssize(log_probs); ++token) {
    if (token == refusal) continue;
    if (best < 0 || log_probs[static_cast<size_t>(token)] > log_probs[static_cast<size_t>(best)]) {
      best = token;
    }
  }
  const double confidence = std::exp(log_probs[static_cast<size_t>(best)]);
  const double refused = refusal ? std::exp(log_probs[static_cast<size_t>(*refusal)]) : 0;
  answers.confidences.push_back(confidence);
  answers.right.push_back(best == expected);
  answers.refusals.push_back(refused);
  answers.refused.push_back(refused > confidence);
}

}  // namespace

void ConfidentAnswers::Add(const ConfidentAnswers& other) {
  confidences.insert(confidences.end(), other.confidences.begin(), other.confidences.end());
  right.insert(right.end(), other.right.begin(), other.right.end());
  refusals.insert(refusals.end(), other.refusals.begin(), other.refusals.end());
  refused.insert(refused.end(), other.refused.begin(), other.refused.end());
}

RowConfidence::RowConfidence(const Parts& parts) : p_(parts) {
  for (const std::string& name : p_.dataset.groups()) groups_.push_back({name, {}});
  for (int64_t i = 0; i < p_.dataset.num_rows("validation"); ++i) {
    DatasetRow row = p_.dataset.row("validation", i);
    if (row.marks.back() != TokenMark::kAnswer) continue;
    groups_.at(static_cast<size_t>(row.group)).rows.push_back(std::move(row));
  }
  std::erase_if(groups_, [](const Group& group) { return group.rows.empty(); });
}

absl::StatusOr<ConfidentAnswers> RowConfidence::Ask(const std::vector<DatasetRow>& rows) const {
  TokenRows questions;
  for (const DatasetRow& row : rows) questions.push_back(QuestionOf(row));
  const int64_t num_tokens = p_.dataset.tokens().vocab_size();
  const absl::StatusOr<at::Tensor> log_probs =
      NextTokenLogProbs(p_.decoder, questions, {0, num_tokens});
  if (!log_probs.ok()) return Annotate(log_probs.status(), "evaluation.confidence");
  const std::span<const double> all(log_probs->const_data_ptr<double>(),
                                    static_cast<size_t>(log_probs->numel()));
  const auto width = static_cast<size_t>(num_tokens);
  ConfidentAnswers answers;
  for (size_t i = 0; i < rows.size(); ++i) {
    AddAnswer(all.subspan(i * width, width), rows[i].tokens[AnswerPlace(rows[i])], p_.refusal,
              answers);
  }
  return answers;
}

void RowConfidence::AppendShares(const ConfidentAnswers& answers, const std::string& label,
                                 std::vector<results::MetricValue>& values) const {
  values.push_back({{&results::kForcedAccuracy, label}, ShareOf(answers.right)});
  if (!p_.refusal) return;
  const std::vector<bool> answered = Answered(answers);
  const double coverage = ShareOf(answered);
  const double wrong = ShareOf(WrongAnswers(answers));
  values.push_back({{&results::kCoverage, label}, coverage});
  values.push_back({{&results::kWrongAnswers, label}, wrong});
  if (coverage == 0) return;
  values.push_back({{&results::kAnswerPrecision, label}, (coverage - wrong) / coverage});
}

void RowConfidence::AppendWhole(const ConfidentAnswers& all,
                                std::vector<results::MetricValue>& values) const {
  AppendShares(all, "", values);
  if (const auto auroc = Auroc(all.confidences, all.right)) {
    values.push_back({{&results::kKnownAuroc, ""}, *auroc});
  }
  values.push_back(
      {{&results::kCalibrationError, ""}, ExpectedCalibrationError(all.confidences, all.right)});
  const std::vector<CoveragePoint> points = PrecisionByCoverage(all.confidences, all.right);
  for (const int64_t percent : kCoverages) {
    values.push_back({{&results::kPrecisionAtCoverage, absl::StrCat("percent_", percent)},
                      points[NumAnswers(points.size(), percent) - 1].precision});
  }
  if (!p_.refusal) return;
  std::vector<double> answering;
  for (const double refusal : all.refusals) answering.push_back(1 - refusal);
  if (const auto auroc = Auroc(answering, all.right)) {
    values.push_back({{&results::kKnownAuroc, "answering"}, *auroc});
  }
  const auto num_answered = std::count(all.refused.begin(), all.refused.end(), false);
  if (num_answered == 0) return;
  values.push_back({{&results::kPrecisionAtCoverage, "answered"},
                    points[static_cast<size_t>(num_answered) - 1].precision});
}

std::vector<results::CountedProportion> RowConfidence::Proportions(const ConfidentAnswers& answers,
                                                                   const std::string& label) const {
  using results::CountedProportion;
  std::vector<CountedProportion> found = {
      CountedProportion::Of({&results::kForcedAccuracy, label}, answers.right)};
  if (!p_.refusal) return found;
  found.push_back(CountedProportion::Of({&results::kCoverage, label}, Answered(answers)));
  found.push_back(CountedProportion::Of({&results::kWrongAnswers, label}, WrongAnswers(answers)));
  return found;
}

absl::Status RowConfidence::RecordTables(const ConfidentAnswers& all, int64_t step) const {
  const std::vector<CoveragePoint> points = PrecisionByCoverage(all.confidences, all.right);
  for (int64_t percent = kTableStep; percent <= 100; percent += kTableStep) {
    const size_t count = NumAnswers(points.size(), percent);
    const CoveragePoint& point = points[count - 1];
    BENCH_RETURN_IF_ERROR(p_.writer.TableRow("coverage", step,
                                             {{"percent", percent},
                                              {"answers", static_cast<int64_t>(count)},
                                              {"precision", point.precision},
                                              {"threshold", point.threshold}}));
  }
  for (const ConfidenceBin& bin : ReliabilityBins(all.confidences, all.right)) {
    BENCH_RETURN_IF_ERROR(p_.writer.TableRow("confidence_bins", step,
                                             {{"bin", bin.number},
                                              {"questions", bin.count},
                                              {"mean_confidence", bin.mean_confidence},
                                              {"share_right", bin.share_right}}));
  }
  return absl::OkStatus();
}

absl::Status RowConfidence::AddTo(Evaluation& evaluation, EvaluationPoint point,
                                  int64_t step) const {
  const bool is_final = point == EvaluationPoint::kFinal;
  ConfidentAnswers all;
  std::vector<results::MetricValue> of_groups;
  std::vector<results::CountedProportion> proportions;
  for (const Group& group : groups_) {
    BENCH_ASSIGN_OR_RETURN(const ConfidentAnswers answers, Ask(group.rows));
    all.Add(answers);
    if (!is_final || groups_.size() == 1) continue;
    AppendShares(answers, group.name, of_groups);
    for (auto& found : Proportions(answers, group.name)) proportions.push_back(std::move(found));
  }
  if (all.right.empty()) {
    return UsageError("evaluation.confidence: no held-out row ends in an answer");
  }
  const bool is_finite = std::all_of(all.confidences.begin(), all.confidences.end(),
                                     [](double confidence) { return std::isfinite(confidence); });
  if (!is_finite) {
    const results::MetricValue accuracy = {{&results::kForcedAccuracy, ""},
                                           std::numeric_limits<double>::quiet_NaN()};
    evaluation.values.push_back(accuracy);
    if (is_final) evaluation.summary.push_back(accuracy);
    return absl::OkStatus();
  }
  std::vector<results::MetricValue> of_all;
  AppendWhole(all, of_all);
  evaluation.values.insert(evaluation.values.end(), of_all.begin(), of_all.end());
  if (!is_final) return absl::OkStatus();
  evaluation.summary.insert(evaluation.summary.end(), of_groups.begin(), of_groups.end());
  evaluation.summary.insert(evaluation.summary.end(), of_all.begin(), of_all.end());
  for (auto& found : Proportions(all, "")) proportions.push_back(std::move(found));
  BENCH_RETURN_IF_ERROR(RecordProportions(p_.writer, step, proportions));
  return RecordTables(all, step);
}

}  // namespace bench::harness
