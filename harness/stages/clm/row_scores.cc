#include "harness/stages/clm/row_scores.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "results/metrics.h"

namespace bench::harness {

void RowScores::Sum::operator+=(const Sum& other) {
  nll += other.nll;
  reference += other.reference;
  num_correct += other.num_correct;
  count += other.count;
}

void RowScores::Add(const DatasetRow& row, std::span<const TargetScore> targets) {
  has_references_ = !row.reference_nll.empty();
  double nll = 0;
  bool all_correct = true;
  size_t position = 0;
  for (size_t t = 0; t < row.marks.size(); ++t) {
    if (row.marks[t] == TokenMark::kGiven) continue;
    const TargetScore& score = targets[position];
    const Sum one{score.nll, has_references_ ? row.reference_nll[t] : 0, score.correct ? 1 : 0, 1};
    sum_ += one;
    if (position >= targets.size() / 2) late_ += one;
    if (position == by_position_.size()) by_position_.emplace_back();
    by_position_[position++] += one;
    nll += score.nll;
    all_correct = all_correct && score.correct;
  }
  if (row.marks.back() != TokenMark::kAnswer) return;
  matches_.push_back(all_correct);
  answer_nll_ += nll;
}

void RowScores::operator+=(const RowScores& other) {
  sum_ += other.sum_;
  late_ += other.late_;
  by_position_.resize(std::max(by_position_.size(), other.by_position_.size()));
  for (size_t i = 0; i < other.by_position_.size(); ++i) by_position_[i] += other.by_position_[i];
  has_references_ = has_references_ || other.has_references_;
  matches_.insert(matches_.end(), other.matches_.begin(), other.matches_.end());
  answer_nll_ += other.answer_nll_;
}

void RowScores::AppendTo(const std::string& label,
                         std::vector<results::MetricValue>& values) const {
  values.push_back({{&results::kEvalLoss, label}, sum_.loss()});
  values.push_back({{&results::kTokenAccuracy, label}, sum_.accuracy()});
  if (has_references_) {
    values.push_back({{&results::kExcessLoss, label}, sum_.excess()});
    // Of the whole only: a group's label says which group.
    if (label.empty()) values.push_back({{&results::kExcessLoss, "late"}, late_.excess()});
  }
  if (matches_.empty()) return;
  const auto num_rows = static_cast<double>(matches_.size());
  const auto num_matches = std::count(matches_.begin(), matches_.end(), true);
  values.push_back({{&results::kGreedyMatch, label}, static_cast<double>(num_matches) / num_rows});
  values.push_back({{&results::kTargetLogProb, label}, -answer_nll_ / num_rows});
}

void RowScores::AppendTo(const std::string& label,
                         std::vector<results::CountedProportion>& proportions) const {
  proportions.push_back({{&results::kTokenAccuracy, label}, sum_.num_correct, sum_.count, {}});
  if (matches_.empty()) return;
  proportions.push_back(results::CountedProportion::Of({&results::kGreedyMatch, label}, matches_));
}

absl::Status RowScores::RecordPositions(const std::string& group, int64_t step,
                                        results::RunWriter& writer) const {
  for (size_t i = 0; i < by_position_.size(); ++i) {
    const Sum& sum = by_position_[i];
    std::vector<std::pair<std::string, results::Cell>> row = {{"group", group},
                                                              {"position", static_cast<int64_t>(i)},
                                                              {"targets", sum.count},
                                                              {"loss", sum.loss()},
                                                              {"accuracy", sum.accuracy()}};
    if (has_references_) row.emplace_back("excess_loss", sum.excess());
    BENCH_RETURN_IF_ERROR(writer.TableRow("positions", step, row));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
