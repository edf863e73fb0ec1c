// Runs of a history made by hand.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/results/comparison/groups.h"

namespace bench::results {

// "2026-01-01T00:00:00.000Z" and so many minutes, fewer than a day's.
inline std::string StartOf(int64_t minute) {
  char text[64];
  std::snprintf(text, sizeof(text), "2026-01-01T%02d:%02d:00.000Z", static_cast<int>(minute / 60),
                static_cast<int>(minute % 60));
  return text;
}

// A complete run of a commit, begun in a minute, whose summary has one value.
inline RunRecord RunOf(const std::string& commit, int64_t minute, double value,
                       const MetricInfo& metric, int64_t replicate = 0) {
  RunRecord record = RunWith(metric, value, replicate);
  record.header.provenance["source_commit"] = commit;
  record.header.provenance["source_dirty"] = false;
  record.header.provenance["start_time_utc"] = StartOf(minute);
  return record;
}

// One run a commit, "0", "1", ..., with these values.
inline std::vector<RunRecord> RunsOf(const std::vector<double>& values, const MetricInfo& metric) {
  std::vector<RunRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    records.push_back(RunOf(std::to_string(i), static_cast<int64_t>(i), values[i], metric));
  }
  return records;
}

inline std::vector<const RunRecord*> Pointers(const std::vector<RunRecord>& records) {
  std::vector<const RunRecord*> pointers;
  for (const RunRecord& record : records) pointers.push_back(&record);
  return pointers;
}

}  // namespace bench::results
