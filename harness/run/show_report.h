// What `bench-run --show RESULT` and `--runs` print: results for a person at a terminal, and as
// JSON.
//
// Text comes from files of others too: it is escaped, and cut to the terminal's width. Numbers have
// six significant digits in text and all of them in JSON, where what is not finite is null.
#pragma once

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "results/record.h"

namespace bench::harness {

// What was run, key figures, curves as bars (Sparkline), ranges, samples, and where it came from.
// No line is wider than `columns`, which is at least 40.
std::string ShowReport(const results::RunRecord& record, int columns);

// {"experiment", "version", "stage", "status", ..., "summary", "curves", "ranges", "inputs",
// "provenance", "notes"}; curves and ranges as whole series.
nlohmann::json ShowJson(const results::RunRecord& record);

// A run of the store, or why it cannot be shown.
struct ListedRun {
  std::string name;  // below the store's folder of runs
  std::optional<results::RunRecord> record;
  std::string problem;  // where there is no record
};

// A line a run: its name, status, when it began, the commit, and its key metrics: of each, the
// first ones that results/metrics.h lists (by how they are judged) and the times.
std::string RunsTable(const std::vector<ListedRun>& runs, int columns);
// The same figures of the points of a sweep, whose names are whole: a line for its name and status,
// and the figures below it.
std::string PointsTable(const std::vector<ListedRun>& runs, int columns);
nlohmann::json RunsJson(const std::vector<ListedRun>& runs);

}  // namespace bench::harness
