// The numbers of a record as rows of one shape, in one order, for the formats that list them all
// (csv.h, jsonl.h).
//
// Order: steps, evals, ranges, samples, ranks, summary; by name within each, then by row. A range
// gives the rows "count" (units 1), "host_s" and, where it was measured, "device_s" (s), labelled
// with the range's name. What a kind does not have is absent: only steps and evals have tokens and
// a time. Digests, tables and texts are no numbers of this shape and are left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "results/record.h"

namespace bench::results {

enum class ExportKind { kSteps, kEvals, kRanges, kSamples, kRanks, kSummary };
std::string_view Name(ExportKind kind);  // "steps"

struct ExportRow {
  ExportKind kind = ExportKind::kSteps;
  std::string_view metric;
  std::string_view label;
  std::string_view units;
  std::optional<int64_t> rank;  // of kRanks
  std::optional<int64_t> step;  // of kSteps, kEvals and kRanges
  std::optional<int64_t> tokens;
  std::optional<double> wall_time_s;
  double value = 0;
};

// The texts of a row are those of `record`.
void ForEachExportRow(const RunRecord& record, const std::function<void(const ExportRow&)>& visit);

}  // namespace bench::results
