#include "results/comparison/usable_times.h"

#include <algorithm>
#include <string>
#include <variant>

#include "results/notes.h"

namespace bench::results {
namespace {

int64_t CountIn(const RunRecord& run, std::string_view note) {
  const auto found = run.notes.find(std::string(note));
  if (found == run.notes.end()) return 0;
  const auto* count = std::get_if<int64_t>(&found->second);
  return count == nullptr ? 0 : *count;
}

}  // namespace

bool IsProfiled(const RunRecord& run) { return run.notes.contains(std::string(kProfilerNote)); }

std::string_view WhyTimesAreUnusable(const RunRecord& run) {
  if (IsProfiled(run)) return "profiled";
  if (run.resumed()) return "resumed";
  if (CountIn(run, kThrottleNote) > 0 || CountIn(run, kGpuThrottleNote) > 0) return "throttled";
  if (CountIn(run, kDiskPageFaultsNote) >= kColdPageFaults) return "cold";
  return "";
}

bool HasUsableTimes(const RunRecord& run) { return WhyTimesAreUnusable(run).empty(); }

int64_t NumDisturbed(const Group& group) {
  return std::count_if(group.runs.begin(), group.runs.end(), [](const ResultsInput& run) {
    const std::string_view why = WhyTimesAreUnusable(run.record);
    return !why.empty() && !run.record.resumed() && !IsProfiled(run.record);
  });
}

bool HasUsableTimes(const Group& group) {
  return std::any_of(group.runs.begin(), group.runs.end(),
                     [](const ResultsInput& run) { return HasUsableTimes(run.record); });
}

}  // namespace bench::results
