#include "harness/stages/clm/row_answers.h"

#include <algorithm>
#include <numeric>

#include "results/metrics.h"

namespace bench::harness {
namespace {

std::span<const int64_t> WithoutEnd(std::span<const int64_t> tokens, int64_t end_token) {
  const bool has_end = !tokens.empty() && tokens.back() == end_token;
  return has_end ? tokens.first(tokens.size() - 1) : tokens;
}

bool EndsWith(std::span<const int64_t> tokens, std::span<const int64_t> end) {
  return tokens.size() >= end.size() &&
         std::equal(end.begin(), end.end(), tokens.last(end.size()).begin());
}

double Share(const std::vector<bool>& items) {
  const auto count = std::count(items.begin(), items.end(), true);
  return static_cast<double>(count) / static_cast<double>(items.size());
}

}  // namespace

RowParts PartsOf(const DatasetRow& row) {
  const auto target = std::find_if(row.marks.begin(), row.marks.end(),
                                   [](TokenMark mark) { return mark != TokenMark::kGiven; });
  const auto num_given = static_cast<size_t>(target - row.marks.begin());
  const std::span<const int64_t> tokens = row.tokens;
  return {tokens.first(num_given), tokens.subspan(num_given)};
}

size_t AnswerPlace(const DatasetRow& row) {
  const auto answer = std::find(row.marks.begin(), row.marks.end(), TokenMark::kAnswer);
  return static_cast<size_t>(answer - row.marks.begin());
}

std::vector<int64_t> QuestionOf(const DatasetRow& row) {
  return {row.tokens.begin(), row.tokens.begin() + static_cast<int64_t>(AnswerPlace(row))};
}

int64_t EditDistance(std::span<const int64_t> a, std::span<const int64_t> b) {
  std::vector<int64_t> costs(b.size() + 1);  // of making the first j tokens of b
  std::iota(costs.begin(), costs.end(), int64_t{0});
  for (const int64_t token : a) {
    int64_t diagonal = costs[0]++;
    for (size_t j = 1; j < costs.size(); ++j) {
      const int64_t exchanged = diagonal + (token == b[j - 1] ? 0 : 1);
      diagonal = costs[j];
      costs[j] = std::min({exchanged, costs[j] + 1, costs[j - 1] + 1});
    }
  }
  return costs.back();
}

void RowAnswers::Add(const DatasetRow& row, std::span<const int64_t> written, int64_t end_token) {
  const std::span<const int64_t> expected = PartsOf(row).written;
  const size_t answer_size = row.marks.size() - AnswerPlace(row);
  exact_.push_back(std::equal(written.begin(), written.end(), expected.begin(), expected.end()));
  right_.push_back(EndsWith(written, expected.last(answer_size)));
  num_edits_ += EditDistance(WithoutEnd(written, end_token), WithoutEnd(expected, end_token));
  num_symbols_ += std::ssize(WithoutEnd(expected, end_token));
  symbols_.Add(row, WithoutEnd(written, end_token), WithoutEnd(expected, end_token));
}

void RowAnswers::operator+=(const RowAnswers& other) {
  exact_.insert(exact_.end(), other.exact_.begin(), other.exact_.end());
  right_.insert(right_.end(), other.right_.begin(), other.right_.end());
  of_another_group_.insert(of_another_group_.end(), other.of_another_group_.begin(),
                           other.of_another_group_.end());
  num_edits_ += other.num_edits_;
  num_symbols_ += other.num_symbols_;
  symbols_ += other.symbols_;
}

double RowAnswers::exact_match() const { return Share(exact_); }

double RowAnswers::symbol_error_rate() const {
  return static_cast<double>(num_edits_) / static_cast<double>(num_symbols_);
}

void RowAnswers::AppendTo(const std::string& label,
                          std::vector<results::MetricValue>& values) const {
  values.push_back({{&results::kExactMatch, label}, exact_match()});
  values.push_back({{&results::kAnswerAccuracy, label}, Share(right_)});
  values.push_back({{&results::kAnswerEdits, label},
                    static_cast<double>(num_edits_) / static_cast<double>(exact_.size())});
  if (num_symbols_ > 0) {
    values.push_back({{&results::kSymbolErrorRate, label}, symbol_error_rate()});
  }
  if (!of_another_group_.empty()) {
    values.push_back({{&results::kWrongLanguageRate, label}, Share(of_another_group_)});
  }
  symbols_.AppendTo(label, values);
}

void RowAnswers::AppendTo(const std::string& label,
                          std::vector<results::CountedProportion>& proportions) const {
  proportions.push_back(results::CountedProportion::Of({&results::kExactMatch, label}, exact_));
  proportions.push_back(results::CountedProportion::Of({&results::kAnswerAccuracy, label}, right_));
  if (!of_another_group_.empty()) {
    proportions.push_back(
        results::CountedProportion::Of({&results::kWrongLanguageRate, label}, of_another_group_));
  }
}

}  // namespace bench::harness
