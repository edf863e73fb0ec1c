// What the results file of a sweep holds: arms, and one value of each metric for each replicate.
//
//   /summary/METRIC/ARM   mean over replicates
//   /samples/METRIC/ARM   the replicates' values, in the order of their numbers
//   /tables/arms          arm, role, settings, first_replicate, replicates, of_arm, axes: a row a
//                         point, which `arm` names
//   /tables/metrics       metric: in the order in which the definition has them
//   /tables/values        arm, replicate, metric, value: of every child, whether or not all have it
//   /tables/bands         metric, arm, replicates, mean, low, high, method: of two replicates on
//   /tables/differences   metric, arm, than, replicates, mean, low, high, method, least, greatest:
//                         of the first treatment and each other arm, replicate by replicate;
//                         where there are axes too, of points of the same values
//
// A metric that some replicate of an arm did not measure is in `values` only. Intervals are those
// of statistics/seed_band.h at kSweepLevel. Numbers of replicates are consecutive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::results {

inline constexpr std::string_view kSweepStage = "sweep";
inline constexpr double kSweepLevel = 0.95;

struct SweepArm {
  std::string name;       // of the point: of the arm and the values of the axes
  std::string role;       // "treatment", "baseline", "control"
  std::string settings;   // in words; empty: as the experiment is defined
  std::string arm = {};   // as the definition names it; empty: in a sweep without arms
  std::string axes = {};  // their values, in words; empty: there are none

  bool operator==(const SweepArm&) const = default;
};

// The values of one metric in one arm, a value a replicate.
struct ArmValues {
  MetricInfo metric;  // of the children
  std::vector<double> values;
};

struct Sweep {
  std::vector<SweepArm> arms;
  std::vector<std::string> metrics;  // paths of the children's; the first is the question's
  int64_t first_replicate = 0;
  int64_t num_replicates = 0;
  std::map<std::string, ArmValues> values;  // by METRIC/ARM; those that every replicate has

  // Null where the arm did not measure it.
  const ArmValues* Find(const std::string& metric, const std::string& arm) const;
};

// METRIC/ARM.
std::string ArmPath(std::string_view metric, std::string_view arm);

// The children's metric as the sweep records it: labelled with the arm. Its texts are `info`'s.
MetricInfo OfArm(const MetricInfo& info, const std::string& arm);

// Records everything above but the table `values`.
absl::Status RecordSweep(RunWriter& writer, const Sweep& sweep);

// What was recorded; absent where the record is of another stage, or has no whole table of arms.
std::optional<Sweep> SweepOf(const RunRecord& record);

}  // namespace bench::results
