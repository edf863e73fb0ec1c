#include "results/comparison/selection.h"

#include <algorithm>
#include <iterator>

namespace bench::results {
namespace {

bool Selects(const std::string& item, const MetricInfo& metric) {
  return item == metric.name || item == Name(metric.kind) || item == metric.Path();
}

}  // namespace

bool MetricSelection::Has(const MetricInfo& metric) const {
  if (!path_.empty()) return metric.Path() == path_;
  if (items_.empty()) return true;
  return std::any_of(items_.begin(), items_.end(),
                     [&](const std::string& item) { return Selects(item, metric); });
}

std::vector<std::string> MetricSelection::Idle(const std::vector<MetricInfo>& metrics) const {
  std::vector<std::string> idle;
  const bool has_path = std::any_of(metrics.begin(), metrics.end(), [&](const MetricInfo& metric) {
    return metric.Path() == path_;
  });
  if (!path_.empty() && !has_path) idle.push_back(path_);
  std::copy_if(
      items_.begin(), items_.end(), std::back_inserter(idle), [&](const std::string& item) {
        return !ParseMetricKind(item) &&
               std::none_of(metrics.begin(), metrics.end(),
                            [&](const MetricInfo& metric) { return Selects(item, metric); });
      });
  return idle;
}

}  // namespace bench::results
