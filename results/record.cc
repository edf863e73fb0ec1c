#include "results/record.h"

#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace bench::results {
namespace {

std::optional<NonFinite> FirstNonFinite(const std::map<std::string, Series>& group,
                                        std::string_view group_name) {
  std::optional<NonFinite> first;
  for (const auto& [path, series] : group) {
    if (series.metric.kind != MetricKind::kLearning) continue;
    for (size_t i = 0; i < series.value.size(); ++i) {
      if (std::isfinite(series.value[i])) continue;
      if (!first || series.step[i] < *first->step) {
        first = NonFinite{absl::StrCat(std::string(group_name), "/", path), series.step[i]};
      }
      break;
    }
  }
  return first;
}

std::optional<NonFinite> FirstNonFinite(const std::map<std::string, SummaryValue>& values,
                                        const std::string& group_name) {
  for (const auto& [path, item] : values) {
    if (item.metric.kind == MetricKind::kLearning && !std::isfinite(item.value)) {
      return NonFinite{absl::StrCat(group_name, "/", path), std::nullopt};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(RunStatus status) {
  switch (status) {
    case RunStatus::kComplete:
      return "complete";
    case RunStatus::kInterrupted:
      return "interrupted";
    case RunStatus::kDiverged:
      return "diverged";
    case RunStatus::kFailed:
      return "failed";
  }
  return "";
}

std::optional<RunStatus> ParseRunStatus(std::string_view name) {
  for (const RunStatus status :
       {RunStatus::kComplete, RunStatus::kInterrupted, RunStatus::kDiverged, RunStatus::kFailed}) {
    if (Name(status) == name) return status;
  }
  return std::nullopt;
}

Attempt Attempt::Of(const RunHeader& header) {
  Attempt attempt = {header.run_id,
                     header.strict,
                     header.machine_class,
                     header.device,
                     header.threads,
                     header.world_size,
                     {}};
  for (const std::string_view name : kAttemptProvenance) {
    const auto found = header.provenance.find(std::string(name));
    if (found != header.provenance.end()) attempt.provenance.insert(*found);
  }
  return attempt;
}

MetricInfo MetricInfo::Of(const MetricKey& key) {
  const MetricDescriptor& d = *key.descriptor;
  return MetricInfo{std::string(d.name),
                    key.label,
                    std::string(d.units),
                    d.better,
                    d.deterministic,
                    d.threshold,
                    std::string(d.description),
                    d.kind,
                    d.floor > 0 ? std::optional(d.floor) : std::nullopt};
}

std::string MetricInfo::Path() const {
  return label.empty() ? name : absl::StrCat(name, "/", label);
}

int64_t RangeSeries::TotalCount() const {
  return std::accumulate(count.begin(), count.end(), int64_t{0});
}

double RangeSeries::TotalHostS() const {
  return std::accumulate(host_s.begin(), host_s.end(), 0.0);
}

std::optional<NonFinite> FirstNonFinite(const RunRecord& record) {
  std::optional<NonFinite> first = FirstNonFinite(record.steps, "steps");
  const std::optional<NonFinite> eval = FirstNonFinite(record.evals, "evals");
  if (eval && (!first || *eval->step < *first->step)) first = eval;
  if (!first) first = FirstNonFinite(record.summary, "summary");
  for (const auto& [rank, values] : record.ranks) {
    if (!first) first = FirstNonFinite(values, absl::StrCat("ranks/", rank));
  }
  return first;
}

}  // namespace bench::results
