#include "harness/stages/program/reduction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "results/statistics/descriptive.h"

namespace bench::harness {
namespace {

using Values = std::span<const double>;

double Last(Values values) { return values.back(); }
double Mean(Values values) { return results::Mean(values); }
double Middle(Values values) { return results::Median(values); }
double Least(Values values) { return *std::min_element(values.begin(), values.end()); }
double Largest(Values values) { return *std::max_element(values.begin(), values.end()); }

bool HasNan(Values values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

// In the order of Reduction; kAuto and kNone have none.
constexpr std::array<double (*)(Values), EnumNames(Reduction{}).size()> kReductions = {
    nullptr, Last, Mean, Middle, Least, Largest, nullptr};

}  // namespace

Reduction ReductionOf(const ProgramMetricSpec& metric, ReportedAs as) {
  if (metric.summary != Reduction::kAuto) return metric.summary;
  if (metric.kind == results::MetricKind::kMemory) return Reduction::kMax;
  const bool repeats = as == ReportedAs::kSample || metric.kind == results::MetricKind::kTime;
  return repeats ? Reduction::kMedian : Reduction::kLast;
}

std::optional<double> Reduce(Reduction reduction, Values values) {
  const auto reduce = kReductions[static_cast<size_t>(reduction)];
  if (reduce == nullptr || values.empty()) return std::nullopt;
  if (reduction != Reduction::kLast && HasNan(values)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return reduce(values);
}

}  // namespace bench::harness
