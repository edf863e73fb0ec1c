#include "harness/run/acceptance.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/run/sweep_acceptance.h"
#include "results/comparison/usable_times.h"

namespace bench::harness {
namespace {

// Written so that NaN is never within a bound.
bool Within(const AcceptanceBound& bound, double value) {
  return (!bound.min || value >= *bound.min) && (!bound.max || value <= *bound.max) &&
         value == value;
}

std::string BoundText(const AcceptanceBound& bound) {
  if (bound.min && bound.max)
    return absl::StrCat("within [", NumberText(*bound.min), ", ", NumberText(*bound.max), "]");
  if (bound.min) return absl::StrCat("at least ", NumberText(*bound.min));
  return absl::StrCat("at most ", NumberText(*bound.max));
}

// The bounds that only sweeps have; none of an ad hoc one.
const SweepSpec* SweepBoundsOf(const LoadedDefinition& loaded) {
  const auto* sweep = std::get_if<SweepSpec>(&loaded.definition.stage);
  return loaded.ad_hoc || sweep == nullptr || sweep->bounds.empty() ? nullptr : sweep;
}

// An ad hoc run has none.
std::vector<AcceptanceBound> BoundsOf(const LoadedDefinition& loaded) {
  if (loaded.ad_hoc) return {};
  return AcceptanceBounds(loaded.definition);
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
    const std::string line = absl::StrCat(bound.metric, " = ", NumberText(value), ", ",
                                          within ? "is " : "must be ", BoundText(bound));
    const bool is_other = record.resumed() || results::IsProfiled(record);
    if (is_other && metric.kind == results::MetricKind::kTime) {
      judged.not_judged.push_back(
          absl::StrCat(line, ": not judged, the run was ",
                       internal::View(results::WhyTimesAreUnusable(record))));
    } else if (!within) {
      judged.unmet.push_back(line);
    }
  }
  return judged;
}

Acceptance JudgeRecord(const LoadedDefinition& loaded, const results::RunRecord& record) {
  Acceptance judged = JudgeBounds(BoundsOf(loaded), record);
  if (const SweepSpec* sweep = SweepBoundsOf(loaded)) {
    for (std::string& line : UnmetInSweep(*sweep, record)) judged.unmet.push_back(std::move(line));
  }
  return judged;
}

absl::StatusOr<Acceptance> JudgeRun(const LoadedDefinition& loaded, const std::string& folder,
                                    results::RunWriter& writer) {
  if (BoundsOf(loaded).empty() && SweepBoundsOf(loaded) == nullptr) return Acceptance{};
  BENCH_RETURN_IF_ERROR(writer.Flush());
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, results::RecoverJournal(folder));
  return JudgeRecord(loaded, record);
}

int ExitCodeOf(results::RunStatus status, const std::vector<std::string>& unmet) {
  switch (status) {
    case results::RunStatus::kComplete:
      return static_cast<int>(unmet.empty() ? ExitCode::kOk : ExitCode::kRegressed);
    case results::RunStatus::kInterrupted:
      // Stopped by a signal, or where --stop-after-step said.
      return StopSignal() ? 128 + *StopSignal() : static_cast<int>(ExitCode::kOk);
    case results::RunStatus::kDiverged:
      return static_cast<int>(ExitCode::kRegressed);
    case results::RunStatus::kFailed:
      return static_cast<int>(ExitCode::kEnvironment);
  }
  return static_cast<int>(ExitCode::kEnvironment);
}

}  // namespace bench::harness
