// What was found of a run as the tables of its results (results/profile_tables.h, FORMAT.md
// "Profiles"), the longest first.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "harness/profiling/operator_times.h"
#include "results/profile_tables.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::harness {

using ProfileTables = std::map<std::string, results::Table>;

// range, the table's name column, count, total_s.
results::Table TotalsTable(const results::ProfileTable& kind, const CallTable& calls);
// The same with self_s.
results::Table SelfTimesTable(const results::ProfileTable& kind, const CallTable& calls);

// A table without rows leaves nothing.
absl::Status WriteTables(const ProfileTables& tables, results::RunWriter& writer);

}  // namespace bench::harness
