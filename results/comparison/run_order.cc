#include "results/comparison/run_order.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace bench::results {
namespace {

std::optional<std::string> StartOf(const RunRecord& run) {
  const auto found = run.header.provenance.find(std::string(kStartTimeUtc));
  if (found == run.header.provenance.end()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

// In order; empty where a run does not say it.
std::vector<std::string> StartsOf(const Group& group) {
  std::vector<std::string> starts;
  for (const ResultsInput& run : group.runs) {
    const std::optional<std::string> start = StartOf(run.record);
    if (!start) return {};
    starts.push_back(*start);
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

using Identity = std::tuple<std::string, std::string, int64_t>;

std::set<Identity> IdentitiesOf(const Group& group) {
  std::set<Identity> identities;
  for (const ResultsInput& run : group.runs) {
    const std::optional<std::string> start = StartOf(run.record);
    const RunHeader& header = run.record.header;
    if (start) identities.emplace(*start, header.run_id, header.replicate);
  }
  return identities;
}

}  // namespace

bool RanOneAfterTheOther(const Group& base, const Group& head) {
  const std::vector<std::string> before = StartsOf(base);
  const std::vector<std::string> after = StartsOf(head);
  if (before.size() < 2 || after.size() < 2) return false;
  return before.back() < after.front() || after.back() < before.front();
}

int64_t NumSharedRuns(const Group& base, const Group& head) {
  const std::set<Identity> of_base = IdentitiesOf(base);
  const std::set<Identity> of_head = IdentitiesOf(head);
  return std::count_if(of_head.begin(), of_head.end(),
                       [&](const Identity& run) { return of_base.contains(run); });
}

}  // namespace bench::results
