// Which metrics a comparison judges: all, or those that are named.
//
// An item is a metric's name ("exact_match", with all its labels), its path ("exact_match/en_zh"),
// or a kind ("learning", "time", "memory", "count").
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "results/record.h"

namespace bench::results {

class MetricSelection {
 public:
  MetricSelection() = default;  // all
  explicit MetricSelection(std::vector<std::string> items) : items_(std::move(items)) {}

  // The metric with this path, not others of its name.
  static MetricSelection OnlyPath(const std::string& path) {
    MetricSelection selection;
    selection.path_ = path;
    return selection;
  }

  bool Has(const MetricInfo& metric) const;
  // Names and paths that select none of `metrics`.
  std::vector<std::string> Idle(const std::vector<MetricInfo>& metrics) const;

 private:
  std::vector<std::string> items_;  // none: all
  std::string path_;                // of OnlyPath; else empty
};

}  // namespace bench::results
