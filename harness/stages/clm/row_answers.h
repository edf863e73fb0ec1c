// What a model writes, greedily, behind what is given of rows that end in an answer:
//   exact_match      all that it writes, up to and with the end, is the row's
//   answer_accuracy  its last tokens are the row's answer, whatever was written before them
//   answer_edits     Levenshtein distance of all that it writes from the row's, without the ends
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

// Insertions, deletions and exchanges of tokens that make `b` of `a`, at least.
int64_t EditDistance(std::span<const int64_t> a, std::span<const int64_t> b);

class RowAnswers {
 public:
  // `written` by the model, with the end if there is one.
  void Add(const DatasetRow& row, std::span<const int64_t> written, int64_t end_token);
  void operator+=(const RowAnswers& other);

  bool empty() const { return exact_.empty(); }
  const std::vector<bool>& exact() const { return exact_; }
  void AppendTo(const std::string& label, std::vector<results::MetricValue>& values) const;
  void AppendTo(const std::string& label,
                std::vector<results::CountedProportion>& proportions) const;

 private:
  std::vector<bool> exact_, right_;  // by row
  int64_t num_edits_ = 0;
  AnswerSymbols symbols_;
};

}  // namespace bench::harness
