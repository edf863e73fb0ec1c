// What a sweep takes over from its children: rows about each and about its values, and the values
// by arm that everything else is computed from.
//
// Tables: children (which run, of which program and source), values, and counts where a metric is a
// proportion (results/proportion_items.h). Times of a child that was resumed, cold, throttled or
// profiled are left out (results/comparison/usable_times.h). Of a child's record only the summary
// is kept: there may be many.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/context/run_context.h"
#include "harness/run/sweep_children.h"
#include "nlohmann/json.hpp"
#include "results/record.h"
#include "results/sweeps/sweep_record.h"

namespace bench::harness {

class ChildRecords {
 public:
  // All must outlive it.
  ChildRecords(const SweepSpec& spec, const SweepMembers& members, RunContext& context)
      : spec_(spec), members_(members), context_(context) {}

  // Reads every child and records its rows. EnvironmentError for one that left no results.
  absl::Status RecordAll();

  // By arm the values that every replicate has; a note says what an arm lacks.
  results::Sweep Collect(int64_t first_replicate) const;
  // UsageError for a metric that no child measured, unless one diverged. Records the number of
  // children whose times are left out.
  absl::Status CheckMeasured() const;

  bool any_diverged() const { return any_diverged_; }
  // For sweep.json: a list of which child is which run.
  const nlohmann::json& runs() const { return runs_; }

 private:
  absl::Status Record(const SweepChild& child);
  absl::Status RecordRun(const SweepChild& child, const results::RunRecord& record);
  absl::Status RecordValues(const SweepChild& child, const results::RunRecord& record) const;
  // Takes times that say nothing out of the record's summary.
  void LeaveUnusableTimes(const SweepChild& child, results::RunRecord& record);
  void CollectArm(const std::string& metric, size_t point, results::Sweep& sweep) const;

  const SweepSpec& spec_;
  const SweepMembers& members_;
  RunContext& context_;
  std::vector<std::map<std::string, results::SummaryValue>> summaries_;  // of the children
  std::set<std::string> measured_;                                       // metrics, by any child
  int64_t num_without_times_ = 0;
  bool any_diverged_ = false;
  nlohmann::json runs_ = nlohmann::json::array();
};

}  // namespace bench::harness
