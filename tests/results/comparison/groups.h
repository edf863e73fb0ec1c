// Groups of replicates made by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "results/comparison/group.h"
#include "tests/results/sample_record.h"

namespace bench::results {

inline Group GroupOf(const std::string& path, std::vector<RunRecord> records) {
  Group group{path, {}};
  for (RunRecord& record : records) {
    const std::string file = path + "/r" + std::to_string(record.header.replicate);
    group.runs.push_back({file, std::move(record)});
  }
  return group;
}

// A metric with threshold 1/8 (exact in binary).
inline MetricInfo MetricOf(MetricKind kind, Better better, bool deterministic = false) {
  return {"m", "", "1", better, deterministic, 0.125, "A metric", kind};
}

// A complete run whose summary has one value.
inline RunRecord RunWith(const MetricInfo& metric, double value, int64_t replicate) {
  RunRecord record;
  record.header = SampleHeader();
  record.header.replicate = replicate;
  record.status = RunStatus::kComplete;
  record.summary[metric.Path()] = {metric, value};
  return record;
}

// Replicates 0, 1, ... with these values.
inline Group ValuesOf(const std::string& path, const MetricInfo& metric,
                      const std::vector<double>& values) {
  std::vector<RunRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    records.push_back(RunWith(metric, values[i], static_cast<int64_t>(i)));
  }
  return GroupOf(path, std::move(records));
}

inline Group OneRun(const std::string& path, const RunRecord& record) {
  return {path, {{path, record}}};
}

}  // namespace bench::results
