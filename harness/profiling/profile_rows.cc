#include "harness/profiling/profile_rows.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"

namespace bench::harness {
namespace {

enum class SelfTimes { kLeftOut, kShown };

results::Table TableOf(const results::ProfileTable& kind, const CallTable& calls, SelfTimes self) {
  results::Table table;
  table.columns = {std::string(results::kRangeColumn), std::string(kind.what), "count", "total_s"};
  if (self == SelfTimes::kShown) table.columns.emplace_back("self_s");
  std::vector<std::pair<double, std::vector<results::Cell>>> rows;
  for (const auto& [key, totals] : calls) {
    std::vector<results::Cell> row = {key.first, key.second, totals.count, totals.total_s};
    if (self == SelfTimes::kShown) row.emplace_back(totals.self_s);
    rows.emplace_back(self == SelfTimes::kShown ? totals.self_s : totals.total_s, std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [seconds, row] : rows) table.rows.push_back(std::move(row));
  return table;
}

}  // namespace

results::Table TotalsTable(const results::ProfileTable& kind, const CallTable& calls) {
  return TableOf(kind, calls, SelfTimes::kLeftOut);
}

results::Table SelfTimesTable(const results::ProfileTable& kind, const CallTable& calls) {
  return TableOf(kind, calls, SelfTimes::kShown);
}

absl::Status WriteTables(const ProfileTables& tables, results::RunWriter& writer) {
  for (const auto& [name, table] : tables) {
    for (const std::vector<results::Cell>& cells : table.rows) {
      std::vector<std::pair<std::string, results::Cell>> row;
      for (size_t c = 0; c < cells.size(); ++c) row.emplace_back(table.columns[c], cells[c]);
      BENCH_RETURN_IF_ERROR(writer.TableRow(name, std::nullopt, row));
    }
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
