// What every metric's descriptor must be, checked when it is compiled.
#pragma once

#include <string_view>

#include "results/metric.h"

namespace bench::results {

// The dimension scales beside the series, whose names no metric may have.
inline constexpr std::string_view kScaleNames[] = {"step", "tokens", "wall_time_s"};

// What is wrong with a descriptor; "" for one that is right.
constexpr std::string_view FaultIn(const MetricDescriptor& metric) {
  if (metric.name.empty() ||
      metric.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string_view::npos) {
    return "a name is of small letters and underscores";
  }
  for (const std::string_view scale : kScaleNames) {
    if (metric.name == scale) return "a scale has this name";
  }
  if (metric.units.empty() || metric.description.empty()) return "it is not described";
  if (metric.threshold < 0 || metric.floor < 0) return "its threshold or floor is negative";
  const bool in_seconds = metric.units == "s" || metric.units.ends_with("/s");
  if ((metric.kind == MetricKind::kTime) != in_seconds)
    return "a time is in seconds, or per second";
  if (in_seconds && metric.deterministic) return "no time is deterministic";
  if (metric.kind == MetricKind::kMemory) {
    const bool ratio = metric.name.ends_with("_ratio");
    if (metric.units != (ratio ? "1" : "bytes")) return "memory is bytes, or a ratio of them";
    if (metric.better != Better::kLower) return "less memory is better";
  }
  return "";
}

// The descriptor. One with a fault does not compile.
consteval MetricDescriptor Metric(const MetricDescriptor& metric) {
  if (!FaultIn(metric).empty()) throw "a metric's descriptor has a fault: see FaultIn";
  return metric;
}

}  // namespace bench::results
