#include "harness/run/sweep_acceptance.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "results/statistics/descriptive.h"
#include "results/sweeps/sweep_record.h"
#include "results/table_cell.h"

namespace bench::harness {
namespace {

using results::ArmValues;

std::string Path(const std::string& metric, const std::string& arm) {
  return results::ArmPath(metric, arm);
}

class Judge {
 public:
  Judge(const results::Sweep& sweep, const results::RunRecord& record)
      : sweep_(sweep), record_(record) {}

  // Absent: it is met.
  std::optional<std::string> Difference(const SweepDifferenceSpec& bound) const {
    const ArmValues* arm = sweep_.Find(bound.metric, bound.arm);
    const ArmValues* than = sweep_.Find(bound.metric, bound.than);
    if (arm == nullptr) return NotMeasured(bound.metric, bound.arm);
    if (than == nullptr) return NotMeasured(bound.metric, bound.than);
    for (size_t i = 0; i < arm->values.size(); ++i) {
      // Written so that NaN is never enough.
      if (arm->values[i] - than->values[i] >= *bound.min) continue;
      return DifferenceText(bound, *arm, *than);
    }
    return std::nullopt;
  }

  std::optional<std::string> Chance(const SweepChanceSpec& bound) const {
    const ArmValues* arm = sweep_.Find(bound.metric, bound.arm);
    if (arm == nullptr) return NotMeasured(bound.metric, bound.arm);
    const std::optional<double> error = StandardError(bound, *arm);
    const std::string path = Path(bound.metric, bound.arm);
    if (!error) {
      return absl::StrCat(path, ": one replicate, and no counts, have no standard error");
    }
    const double better = Better(arm->metric.better, results::Mean(arm->values) - *bound.value);
    if (better <= bound.standard_errors * *error) return std::nullopt;
    return absl::StrCat(path, " = ", NumberText(results::Mean(arm->values)),
                        ", must not be better than ", NumberText(*bound.value), " by more than ",
                        NumberText(bound.standard_errors), " standard errors of ",
                        NumberText(*error));
  }

 private:
  static std::string NotMeasured(const std::string& metric, const std::string& arm) {
    return absl::StrCat(Path(metric, arm), " was not measured in every replicate");
  }

  std::string DifferenceText(const SweepDifferenceSpec& bound, const ArmValues& arm,
                             const ArmValues& than) const {
    size_t worst = 0;
    const auto difference = [&](size_t i) { return arm.values[i] - than.values[i]; };
    for (size_t i = 0; i < arm.values.size(); ++i) {
      if (std::isnan(difference(worst))) break;
      if (!(difference(i) >= difference(worst))) worst = i;
    }
    return absl::StrCat(Path(bound.metric, bound.arm), " - ", Path(bound.metric, bound.than), " = ",
                        NumberText(difference(worst)), " in replicate ",
                        sweep_.first_replicate + static_cast<int64_t>(worst), " (",
                        NumberText(arm.values[worst]), " and ", NumberText(than.values[worst]),
                        "), must be at least ", NumberText(*bound.min));
  }

  static double Better(results::Better direction, double difference) {
    switch (direction) {
      case results::Better::kHigher:
        return difference;
      case results::Better::kLower:
        return -difference;
      case results::Better::kNone:
        break;
    }
    return std::abs(difference);
  }

  std::optional<double> StandardError(const SweepChanceSpec& bound, const ArmValues& arm) const {
    std::optional<double> error;
    if (arm.values.size() > 1) {
      error = results::StandardDeviation(arm.values) /
              std::sqrt(static_cast<double>(arm.values.size()));
    }
    const int64_t trials = TrialsOf(bound);
    const double chance = *bound.value;
    if (trials > 0 && chance >= 0 && chance <= 1) {
      error = std::max(error.value_or(0),
                       std::sqrt(chance * (1 - chance) / static_cast<double>(trials)));
    }
    return error;
  }

  // Of all replicates; 0 where they were not counted.
  int64_t TrialsOf(const SweepChanceSpec& bound) const {
    const auto table = record_.tables.find("counts");
    if (table == record_.tables.end()) return 0;
    int64_t sum = 0;
    for (const std::vector<results::Cell>& row : table->second.rows) {
      const auto* metric = results::CellOf<std::string>(table->second, row, "metric");
      const auto* arm = results::CellOf<std::string>(table->second, row, "arm");
      const auto* trials = results::CellOf<int64_t>(table->second, row, "trials");
      if (metric == nullptr || arm == nullptr || trials == nullptr) continue;
      if (*metric == bound.metric && *arm == bound.arm) sum += *trials;
    }
    return sum;
  }

  const results::Sweep& sweep_;
  const results::RunRecord& record_;
};

}  // namespace

std::vector<std::string> UnmetInSweep(const SweepSpec& spec, const results::RunRecord& record) {
  // Without arms nothing was measured.
  const results::Sweep sweep = results::SweepOf(record).value_or(results::Sweep());
  std::vector<std::string> unmet;
  const Judge judge(sweep, record);
  for (const SweepBoundSpec& bound : spec.bounds) {
    std::optional<std::string> line;
    if (!bound.difference.metric.empty()) line = judge.Difference(bound.difference);
    if (!bound.chance.metric.empty()) line = judge.Chance(bound.chance);
    if (line) unmet.push_back(*line);
  }
  return unmet;
}

}  // namespace bench::harness
