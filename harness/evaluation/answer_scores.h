// Exact match and chrF of answers against their references, over a set of them.
#pragma once

#include <string>
#include <vector>

#include "harness/evaluation/text_metrics.h"
#include "results/metric.h"

namespace bench::harness {

class AnswerScores {
 public:
  void Add(const std::string& answer, const std::string& reference) {
    num_exact_ += ExactMatch(answer, reference) ? 1 : 0;
    ++num_;
    chrf_.Add(answer, reference);
  }
  // Of at least one answer.
  void AppendTo(std::vector<results::MetricValue>& values, const std::string& label,
                const results::MetricDescriptor& exact_match,
                const results::MetricDescriptor& chrf) const {
    values.push_back({{&exact_match, label}, num_exact_ / num_});
    values.push_back({{&chrf, label}, chrf_.Value()});
  }

 private:
  double num_exact_ = 0;
  double num_ = 0;
  ChrfScore chrf_;
};

}  // namespace bench::harness
