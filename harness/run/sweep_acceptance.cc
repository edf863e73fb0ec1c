#include "harness/run/sweep_acceptance.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/distributions.h"
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
    const std::vector<int64_t> trials = TrialsOf(bound);
    return trials.empty() ? ChanceOfMean(bound, *arm) : ChanceOfCounts(bound, *arm, trials);
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

  // Each replicate by itself: one that is far above chance hides behind no mean, nor behind the
  // spread that it makes itself.
  std::optional<std::string> ChanceOfCounts(const SweepChanceSpec& bound, const ArmValues& arm,
                                            const std::vector<int64_t>& trials) const {
    for (size_t i = 0; i < trials.size(); ++i) {
      const double error = ErrorAtChance(*bound.value, trials[i]);
      const double better = Better(arm.metric.better, arm.values[i] - *bound.value);
      if (better <= bound.standard_errors * error) continue;
      return absl::StrCat(Path(bound.metric, bound.arm), " = ", NumberText(arm.values[i]),
                          " in replicate ", sweep_.first_replicate + static_cast<int64_t>(i),
                          ", must not be better than ", NumberText(*bound.value), " by more than ",
                          NumberText(bound.standard_errors), " standard errors of ",
                          NumberText(error), ", of ", trials[i], " items");
    }
    return std::nullopt;
  }

  // No less than one item: at a chance of 0 or 1 there is no deviation.
  static double ErrorAtChance(double chance, int64_t trials) {
    const auto count = static_cast<double>(trials);
    return std::max(std::sqrt(std::max(chance * (1 - chance), 0.0) / count), 1 / count);
  }

  static std::optional<std::string> ChanceOfMean(const SweepChanceSpec& bound,
                                                 const ArmValues& arm) {
    const std::string path = Path(bound.metric, bound.arm);
    if (arm.values.size() < 2) {
      return absl::StrCat(path, ": one replicate, and no counts, have no standard error");
    }
    const auto count = static_cast<double>(arm.values.size());
    const double error = results::StandardDeviation(arm.values) / std::sqrt(count);
    // As improbable as so many errors of a known deviation.
    const double num_errors =
        -results::StudentQuantile(results::NormalUpperTail(bound.standard_errors), count - 1);
    const double mean = results::Mean(arm.values);
    if (Better(arm.metric.better, mean - *bound.value) <= num_errors * error) return std::nullopt;
    return absl::StrCat(path, " = ", NumberText(mean), ", must not be better than ",
                        NumberText(*bound.value), " by more than ", NumberText(num_errors),
                        " standard errors of ", NumberText(error));
  }

  // By replicate; empty where one was not counted.
  std::vector<int64_t> TrialsOf(const SweepChanceSpec& bound) const {
    const auto table = record_.tables.find("counts");
    if (table == record_.tables.end()) return {};
    std::map<int64_t, int64_t> by_replicate;
    for (const std::vector<results::Cell>& row : table->second.rows) {
      const auto* metric = results::CellOf<std::string>(table->second, row, "metric");
      const auto* arm = results::CellOf<std::string>(table->second, row, "arm");
      const auto* replicate = results::CellOf<int64_t>(table->second, row, "replicate");
      const auto* trials = results::CellOf<int64_t>(table->second, row, "trials");
      if (metric == nullptr || arm == nullptr || replicate == nullptr || trials == nullptr) {
        continue;
      }
      if (*metric != bound.metric || *arm != bound.arm || *trials <= 0) continue;
      by_replicate[*replicate] = *trials;
    }
    std::vector<int64_t> trials;
    for (int64_t i = 0; i < sweep_.num_replicates; ++i) {
      const auto found = by_replicate.find(sweep_.first_replicate + i);
      if (found == by_replicate.end()) return {};
      trials.push_back(found->second);
    }
    return trials;
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
