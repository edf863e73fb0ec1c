// What a measured number is: the descriptor every metric carries into the journal, the results file
// and the comparison.
//
// A metric is identified by its descriptor's name and an optional label (a task, a part of the
// data): "exact_match" is the whole, "exact_match/zh_hant_zh_hans" one task. Descriptors live in
// metrics.h only; no other file spells a metric's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bench::results {

// Which direction is an improvement; kNone: a change is shown but is neither good nor bad.
enum class Better { kLower, kHigher, kNone };

// What a metric says something about. Times are never taken from a resumed run.
enum class MetricKind { kLearning, kTime, kMemory, kCount };

struct MetricDescriptor {
  std::string_view name;
  std::string_view units;  // "1" for a dimensionless number
  Better better;
  bool deterministic;  // bitwise equal between two strict runs on one machine class
  double threshold;    // largest relative change of a summary value that does not matter
  std::string_view description;
  MetricKind kind = MetricKind::kLearning;
  // Absolute change, in its units, below which none counts: of metrics that may be near 0, where a
  // relative change says nothing, and of shares, where it may be one item. 0: there is none.
  double floor = 0;
};

struct MetricKey {
  const MetricDescriptor* descriptor;
  std::string label;  // empty: the whole

  // Name, or name/label.
  std::string Path() const;
};

struct MetricValue {
  MetricKey key;
  double value;
};

std::string_view Name(Better better);
std::string_view Name(MetricKind kind);
std::optional<Better> ParseBetter(std::string_view name);
std::optional<MetricKind> ParseMetricKind(std::string_view name);

}  // namespace bench::results
