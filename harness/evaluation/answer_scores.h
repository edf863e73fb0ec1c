// Exact match and chrF of answers against their references, over a set of them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "harness/evaluation/text_metrics.h"
#include "results/metric.h"

namespace bench::harness {

class AnswerScores {
 public:
  void Add(const std::string& answer, const std::string& reference) {
    exact_.push_back(ExactMatch(answer, reference));
    chrf_.Add(answer, reference);
  }
  // Appends the scores of at least one answer.
  void AppendTo(std::vector<results::MetricValue>& values, const std::string& label,
                const results::MetricDescriptor& exact_match,
                const results::MetricDescriptor& chrf) const {
    const auto num_exact = std::count(exact_.begin(), exact_.end(), true);
    values.push_back({{&exact_match, label},
                      static_cast<double>(num_exact) / static_cast<double>(exact_.size())});
    values.push_back({{&chrf, label}, chrf_.Value()});
  }
  const std::vector<bool>& exact() const { return exact_; }

 private:
  std::vector<bool> exact_;
  ChrfScore chrf_;
};

}  // namespace bench::harness
