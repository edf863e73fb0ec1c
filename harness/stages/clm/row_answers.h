// What a model writes, greedily, behind what is given of rows that end in an answer:
//   exact_match          all that it writes, up to and with the end, is the row's
//   answer_accuracy      its last tokens are the row's answer, whatever was written before them
//   answer_edits         Levenshtein distance of all that it writes from the row's, without the
//                        ends
//   symbol_error_rate    the sum of those distances / the tokens that the rows have there; where
//                        tokens are characters, CER
//   wrong_language_rate  what it writes is the answer of another group and not the row's, where the
//                        data set has those of other groups (harness/data/row_alternatives.h)
// and, of rows that begin with vectors, answer_symbol_accuracy (answer_symbols.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/data/row_dataset.h"
#include "harness/stages/clm/answer_symbols.h"
#include "results/metric.h"
#include "results/proportion_items.h"

namespace bench::harness {

// The tokens before the first target, and those from it on.
struct RowParts {
  std::span<const int64_t> given, written;
};
RowParts PartsOf(const DatasetRow& row);

// Of the first token of its answer; the number of its tokens where it ends in none.
size_t AnswerPlace(const DatasetRow& row);
// The tokens before the answer: what a row asks.
std::vector<int64_t> QuestionOf(const DatasetRow& row);

// Insertions, deletions and exchanges of tokens that make `b` of `a`, at least.
int64_t EditDistance(std::span<const int64_t> a, std::span<const int64_t> b);

class RowAnswers {
 public:
  // `written` by the model, with the end if there is one.
  void Add(const DatasetRow& row, std::span<const int64_t> written, int64_t end_token);
  // Of the row that was added last: whether it is the answer of another group.
  void AddOfAnotherGroup(bool of_another) { of_another_group_.push_back(of_another); }
  void operator+=(const RowAnswers& other);

  bool empty() const { return exact_.empty(); }
  const std::vector<bool>& exact() const { return exact_; }
  double exact_match() const;
  double symbol_error_rate() const;
  void AppendTo(const std::string& label, std::vector<results::MetricValue>& values) const;
  void AppendTo(const std::string& label,
                std::vector<results::CountedProportion>& proportions) const;

 private:
  std::vector<bool> exact_, right_;     // by row
  std::vector<bool> of_another_group_;  // by row; empty where that is not known
  int64_t num_edits_ = 0;
  int64_t num_symbols_ = 0;  // to be written, without the ends
  AnswerSymbols symbols_;
};

}  // namespace bench::harness
