// Symbol by symbol, what a model writes of the answers of rows that begin with vectors, where a
// symbol may be the name of an image:
//   answer_symbol_accuracy  share of the symbols of the rows' answers, ends left out, that the
//   model
//                           writes at the same place
// A symbol that is left out moves those behind it to other places: what is counted is reading in
// order. Rows without vectors are not counted; their answers have edits (row_answers.h). Its counts
// are no proportion of items (results/proportion_items.h): symbols of a row come from one answer,
// and one image is in many rows, so an interval of as many independent items would be too narrow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/data/row_dataset.h"
#include "results/metric.h"

namespace bench::harness {

class AnswerSymbols {
 public:
  // `written` and `expected` without their ends.
  void Add(const DatasetRow& row, std::span<const int64_t> written,
           std::span<const int64_t> expected);
  void operator+=(const AnswerSymbols& other);
  // Nothing where no row had vectors.
  void AppendTo(const std::string& label, std::vector<results::MetricValue>& values) const;

 private:
  int64_t num_right_ = 0;
  int64_t num_symbols_ = 0;
};

}  // namespace bench::harness
