#include "results/comparison/profile_changes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "results/notes.h"
#include "results/profile_tables.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

// What one run's profile says of an entry, a step.
struct Cost {
  double seconds = 0;
  double count = 0;
};
using Key = std::pair<std::string, std::string>;  // range, name
using Profile = std::map<Key, Cost>;

std::optional<size_t> ColumnOf(const Table& table, std::string_view name) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<size_t>(found - table.columns.begin());
}

std::string TextIn(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string() : *text;
}

double NumberIn(const Cell& cell) {
  if (const auto* count = std::get_if<int64_t>(&cell)) return static_cast<double>(*count);
  const auto* number = std::get_if<double>(&cell);
  return number == nullptr ? 0 : *number;
}

double StepsOf(const RunRecord& record) {
  const auto found = record.notes.find(std::string(kProfileStepsNote));
  if (found == record.notes.end()) return 1;
  const auto* steps = std::get_if<int64_t>(&found->second);
  return steps == nullptr || *steps < 1 ? 1 : static_cast<double>(*steps);
}

// Absent where the run has no such table; files are of others too, so a column may be missing.
std::optional<Profile> ProfileOf(const RunRecord& record, const ProfileTable& kind) {
  const auto found = record.tables.find(std::string(kind.name));
  if (found == record.tables.end()) return std::nullopt;
  const Table& table = found->second;
  const auto range = ColumnOf(table, kRangeColumn);
  const auto name = ColumnOf(table, kind.what);
  const auto time = ColumnOf(table, kind.time_column);
  const auto count = ColumnOf(table, kind.count_column);
  if (!range || !name || !time || !count) return std::nullopt;
  const double steps = StepsOf(record);
  Profile profile;
  for (const std::vector<Cell>& row : table.rows) {
    Cost& cost = profile[{TextIn(row[*range]), TextIn(row[*name])}];
    cost.seconds += NumberIn(row[*time]) / steps;
    cost.count += NumberIn(row[*count]) / steps;
  }
  return profile;
}

// "" where the run does not say.
std::string ToolOf(const RunRecord& record) {
  const auto found = record.notes.find(std::string(kProfilerNote));
  if (found == record.notes.end()) return "";
  const auto* tool = std::get_if<std::string>(&found->second);
  return tool == nullptr ? std::string() : *tool;
}

std::map<std::string, std::vector<Profile>> ProfilesByTool(const Group& group,
                                                           const ProfileTable& kind) {
  std::map<std::string, std::vector<Profile>> profiles;
  for (const ResultsInput& run : group.runs) {
    auto profile = ProfileOf(run.record, kind);
    if (profile) profiles[ToolOf(run.record)].push_back(*std::move(profile));
  }
  return profiles;
}

Cost MedianOf(const std::vector<Profile>& profiles, const Key& key) {
  std::vector<double> seconds, counts;
  for (const Profile& profile : profiles) {
    const auto found = profile.find(key);
    const Cost cost = found == profile.end() ? Cost{} : found->second;
    seconds.push_back(cost.seconds);
    counts.push_back(cost.count);
  }
  return {Median(seconds), Median(counts)};
}

void AddChanges(const ProfileTable& kind, const std::vector<Profile>& before,
                const std::vector<Profile>& after, std::vector<ProfileChange>& changes) {
  Profile all;
  for (const std::vector<Profile>* arm : {&before, &after}) {
    for (const Profile& profile : *arm) all.insert(profile.begin(), profile.end());
  }
  for (const auto& [key, unused] : all) {
    const Cost b = MedianOf(before, key);
    const Cost h = MedianOf(after, key);
    changes.push_back(
        {std::string(kind.what), key.first, key.second, b.seconds, h.seconds, b.count, h.count});
  }
}

// Tools slow what they look at differently: by the first one that both arms have.
void AddChangesByOneTool(const Group& base, const Group& head, const ProfileTable& kind,
                         std::vector<ProfileChange>& changes) {
  const auto before = ProfilesByTool(base, kind);
  const auto after = ProfilesByTool(head, kind);
  for (const auto& [tool, profiles] : before) {
    const auto found = after.find(tool);
    if (found == after.end()) continue;
    AddChanges(kind, profiles, found->second, changes);
    return;
  }
}

}  // namespace

std::vector<ProfileChange> CompareProfiles(const Group& base, const Group& head) {
  std::vector<ProfileChange> changes;
  for (const ProfileTable& kind : kComparedProfileTables) {
    AddChangesByOneTool(base, head, kind, changes);
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const ProfileChange& a, const ProfileChange& b) {
                     return std::abs(a.head_s - a.base_s) > std::abs(b.head_s - b.base_s);
                   });
  return changes;
}

}  // namespace bench::results
