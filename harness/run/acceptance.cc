#include "harness/run/acceptance.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// Written so that NaN is never within a bound.
bool Within(const AcceptanceBound& bound, double value) {
  return (!bound.min || value >= *bound.min) && (!bound.max || value <= *bound.max) &&
         value == value;
}

std::string BoundText(const AcceptanceBound& bound) {
  if (bound.min && bound.max) return absl::StrCat("within [", *bound.min, ", ", *bound.max, "]");
  if (bound.min) return absl::StrCat("at least ", *bound.min);
  return absl::StrCat("at most ", *bound.max);
}

}  // namespace

Acceptance JudgeBounds(const std::vector<AcceptanceBound>& bounds,
                       const results::RunRecord& record) {
  Acceptance judged;
  for (const AcceptanceBound& bound : bounds) {
    const auto found = record.summary.find(bound.metric);
    if (found == record.summary.end()) {
      judged.unmet.push_back(absl::StrCat(bound.metric, " was not measured"));
      continue;
    }
    const auto& [metric, value] = found->second;
    const bool within = Within(bound, value);
    const std::string line = absl::StrCat(bound.metric, " = ", value, ", ",
                                          within ? "is " : "must be ", BoundText(bound));
    if (record.resumed() && metric.kind == results::MetricKind::kTime) {
      judged.not_judged.push_back(absl::StrCat(line, ": not judged, the run was resumed"));
    } else if (!within) {
      judged.unmet.push_back(line);
    }
  }
  return judged;
}

absl::StatusOr<Acceptance> JudgeRun(const LoadedDefinition& loaded, const std::string& folder,
                                    results::RunWriter& writer) {
  const std::vector<AcceptanceBound> bounds = AcceptanceBounds(loaded.definition);
  if (loaded.ad_hoc || bounds.empty()) return Acceptance{};
  BENCH_RETURN_IF_ERROR(writer.Flush());
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, results::RecoverJournal(folder));
  return JudgeBounds(bounds, record);
}

}  // namespace bench::harness
