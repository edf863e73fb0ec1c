#include "harness/stages/refusals/labels.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/stages/clm/row_answers.h"

namespace bench::harness {

QuestionParts SplitQuestions(const std::vector<DatasetRow>& questions) {
  QuestionParts parts;
  std::map<int64_t, int64_t> num_seen;  // by group
  for (const DatasetRow& row : questions) {
    const bool is_tuned = num_seen[row.group]++ % 2 == 0;
    (is_tuned ? parts.tuned : parts.tested).push_back(row);
  }
  return parts;
}

std::vector<bool> RefusedQuestions(const std::vector<bool>& right, RefusalLabels labels,
                                   Random& random) {
  std::vector<bool> refused(right.size(), false);
  if (labels == RefusalLabels::kNone) return refused;
  if (labels == RefusalLabels::kOwnErrors) {
    std::transform(right.begin(), right.end(), refused.begin(), [](bool one) { return !one; });
    return refused;
  }
  std::vector<int64_t> order = random.Permutation(std::ssize(right));
  order.resize(static_cast<size_t>(std::count(right.begin(), right.end(), false)));
  for (const int64_t question : order) refused[static_cast<size_t>(question)] = true;
  return refused;
}

DatasetRow WithRefusal(const DatasetRow& row, int64_t refusal, int64_t end_token) {
  DatasetRow refused = row;
  const size_t place = AnswerPlace(row);
  refused.tokens.resize(place);
  refused.marks.resize(place);
  refused.tokens.push_back(refusal);
  if (row.tokens.back() == end_token) refused.tokens.push_back(end_token);
  refused.marks.resize(refused.tokens.size(), TokenMark::kAnswer);
  return refused;
}

std::vector<size_t> BalancedQuestions(const std::vector<bool>& refused) {
  std::vector<size_t> order;
  std::vector<size_t> of_label[2];
  for (size_t i = 0; i < refused.size(); ++i) {
    order.push_back(i);
    of_label[refused[i] ? 1 : 0].push_back(i);
  }
  const bool refusals_are_rarer = of_label[1].size() < of_label[0].size();
  const std::vector<size_t>& rarer = of_label[refusals_are_rarer ? 1 : 0];
  const std::vector<size_t>& other = of_label[refusals_are_rarer ? 0 : 1];
  if (rarer.empty()) return order;
  for (size_t i = rarer.size(); i < other.size(); ++i) order.push_back(rarer[i % rarer.size()]);
  return order;
}

int64_t NumStatements(int64_t num_questions, double share) {
  return std::llround(share / (1 - share) * static_cast<double>(num_questions));
}

}  // namespace bench::harness
