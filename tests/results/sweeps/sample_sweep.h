// A small sweep made by hand: two arms of three replicates, with numbers from 3.
#pragma once

#include <string>

#include "results/metrics.h"
#include "results/record.h"
#include "results/sweeps/sweep_record.h"
#include "tests/results/sample_record.h"

namespace bench::results {

inline Sweep SampleSweep() {
  Sweep sweep;
  sweep.arms = {{"chain", "treatment", ""}, {"direct", "control", "data.dataset=d@1"}};
  sweep.metrics = {"exact_match/unseen", "loss"};
  sweep.first_replicate = 3;
  sweep.num_replicates = 3;
  const MetricInfo exact = Info(kExactMatch, "unseen");
  sweep.values["exact_match/unseen/chain"] = {exact, {0.75, 1.0, 0.875}};
  sweep.values["exact_match/unseen/direct"] = {exact, {0.25, 0.125, 0.25}};
  sweep.values["loss/chain"] = {Info(kLoss), {1.0, 2.0, 3.0}};  // direct has none
  return sweep;
}

// As its results file is read, but for the tables of intervals.
inline RunRecord SweepRecordOf(const Sweep& sweep) {
  RunRecord record;
  record.header = SampleHeader();
  record.header.stage = "sweep";
  record.header.replicate = 1;
  record.status = RunStatus::kComplete;
  Table& arms = record.tables["arms"];
  arms.columns = {"arm", "role", "settings", "first_replicate", "replicates"};
  for (const SweepArm& arm : sweep.arms) {
    arms.rows.push_back(
        {arm.name, arm.role, arm.settings, sweep.first_replicate, sweep.num_replicates});
  }
  Table& metrics = record.tables["metrics"];
  metrics.columns = {"metric"};
  for (const std::string& metric : sweep.metrics) metrics.rows.push_back({metric});
  for (const std::string& metric : sweep.metrics) {
    for (const SweepArm& arm : sweep.arms) {
      const ArmValues* values = sweep.Find(metric, arm.name);
      if (values == nullptr) continue;
      const MetricInfo info = OfArm(values->metric, arm.name);
      record.samples[info.Path()] = {info, values->values};
    }
  }
  return record;
}

inline RunRecord SampleSweepRecord() { return SweepRecordOf(SampleSweep()); }

}  // namespace bench::results
