#include "harness/stages/clm/answer_symbols.h"

#include <algorithm>

#include "results/metrics.h"

namespace bench::harness {

void AnswerSymbols::Add(const DatasetRow& row, std::span<const int64_t> written,
                        std::span<const int64_t> expected) {
  if (row.vectors.count() == 0) return;
  num_symbols_ += std::ssize(expected);
  for (size_t i = 0; i < std::min(written.size(), expected.size()); ++i) {
    if (written[i] == expected[i]) ++num_right_;
  }
}

void AnswerSymbols::operator+=(const AnswerSymbols& other) {
  num_right_ += other.num_right_;
  num_symbols_ += other.num_symbols_;
}

void AnswerSymbols::AppendTo(const std::string& label,
                             std::vector<results::MetricValue>& values) const {
  if (num_symbols_ == 0) return;
  values.push_back({{&results::kAnswerSymbolAccuracy, label},
                    static_cast<double>(num_right_) / static_cast<double>(num_symbols_)});
}

}  // namespace bench::harness
