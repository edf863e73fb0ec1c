#include "results/sweeps/arms_text.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/seed_band.h"
#include "results/sweeps/fit_record.h"
#include "results/sweeps/sweep_record.h"

namespace bench::results {
namespace {

std::string ArmLine(const SweepArm& arm, const ArmValues& values, int name_width) {
  std::string line =
      absl::StrFormat("  %-*s %-10s %10.5g", name_width, arm.name, arm.role, Mean(values.values));
  const auto band = BandOfMean(values.values, kSweepLevel);
  const std::string interval =
      band.ok() ? absl::StrFormat("%.5g to %.5g", band->interval.low, band->interval.high) : "-";
  absl::StrAppendFormat(&line, "  %-22s ", interval);
  for (const double value : values.values) absl::StrAppendFormat(&line, " %.5g", value);
  return line + "\n";
}

std::string FitLine(const RecordedFit& fit) {
  std::string line = absl::StrCat(fit.title, ":");
  for (const auto& [name, value] : fit.quantities) {
    absl::StrAppendFormat(&line, " %s %.5g", name, value);
    const auto interval = fit.intervals.find(name);
    if (interval == fit.intervals.end()) continue;
    absl::StrAppendFormat(&line, " (%.5g to %.5g)", interval->second.low, interval->second.high);
  }
  return line + "\n";
}

}  // namespace

std::string ArmsText(const RunRecord& record) {
  const std::optional<Sweep> sweep = SweepOf(record);
  if (!sweep) return "";
  size_t width = 0;
  for (const SweepArm& arm : sweep->arms) width = std::max(width, arm.name.size());
  std::string text;
  for (const std::string& metric : sweep->metrics) {
    absl::StrAppend(&text, metric, "\n");
    for (const SweepArm& arm : sweep->arms) {
      const ArmValues* values = sweep->Find(metric, arm.name);
      if (values != nullptr) text += ArmLine(arm, *values, static_cast<int>(width));
    }
  }
  for (const RecordedFit& fit : FitsOf(record)) text += FitLine(fit);
  return text;
}

}  // namespace bench::results
