#include "results/comparison/targets.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/number_text.h"
#include "base/status.h"
#include "results/metrics.h"
#include "results/text.h"

namespace bench::results {
namespace {

bool Reaches(double value, double target, Better better) {
  return better == Better::kLower ? value <= target : value >= target;
}

// The longest distance between two evaluations, the first counted from the beginning.
template <typename T>
double LongestInterval(const SharedColumn<T>& positions) {
  double longest = 0;
  double before = 0;
  for (const T position : positions) {
    longest = std::max(longest, static_cast<double>(position) - before);
    before = static_cast<double>(position);
  }
  return longest;
}

SummaryValue Reached(const MetricDescriptor& descriptor, const std::string& label, double value,
                     double interval) {
  MetricInfo info = MetricInfo::Of({&descriptor, label});
  info.floor = std::max(info.floor.value_or(0), interval);
  return {info, value};
}

void AddTo(const Series& curve, const Target& target, RunRecord& record) {
  double tokens = std::numeric_limits<double>::infinity();
  double time_s = tokens;
  for (size_t i = 0; i < curve.value.size(); ++i) {
    if (!Reaches(curve.value[i], target.value, curve.metric.better)) continue;
    tokens = static_cast<double>(curve.tokens[i]);
    time_s = curve.wall_time_s[i];
    break;
  }
  const std::string label = absl::StrCat(target.path, "=", NumberText(target.value));
  for (const SummaryValue& value :
       {Reached(kTokensToTarget, label, tokens, LongestInterval(curve.tokens)),
        Reached(kTimeToTarget, label, time_s, LongestInterval(curve.wall_time_s))}) {
    record.summary[value.metric.Path()] = value;
  }
}

absl::Status NoCurve(const Target& target, const Group& group) {
  const auto path = [](std::string* out, const auto& curve) {
    absl::StrAppend(out, EscapeForTerminal(curve.first));
  };
  const auto& evals = group.runs.front().record.evals;
  return UsageError(absl::StrCat(
      "--target ", EscapeForTerminal(target.path), ": the runs of ", EscapeForTerminal(group.path),
      evals.empty() ? " have no evaluations"
                    : absl::StrCat(" have no such metric in their evaluations, only ",
                                   absl::StrJoin(evals, ", ", path))));
}

}  // namespace

bool IsOfTarget(const MetricInfo& metric) {
  return metric.name == kTokensToTarget.name || metric.name == kTimeToTarget.name;
}

absl::Status AddTargets(const std::vector<Target>& targets, Group* group) {
  for (const Target& target : targets) {
    bool found = false;
    for (ResultsInput& run : group->runs) {
      const auto curve = run.record.evals.find(target.path);
      if (curve == run.record.evals.end()) continue;
      if (curve->second.metric.better == Better::kNone) {
        return UsageError(absl::StrCat("--target ", EscapeForTerminal(target.path),
                                       ": the metric has no better direction"));
      }
      found = true;
      AddTo(curve->second, target, run.record);
    }
    if (!found) return NoCurve(target, *group);
  }
  return absl::OkStatus();
}

}  // namespace bench::results
