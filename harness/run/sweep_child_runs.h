// Runs the children of a sweep that the store does not have complete, as many at once as have cores
// (child_pool.h).
//
// A child that another process is at is waited for: another sweep may be making it, or what a
// killed one started may be ending. A child that fails keeps the others from nothing. Errors: those
// of the pool; what became of each child is in the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/run/sweep_children.h"

namespace bench::harness {

struct ChildRuns {
  int64_t num_run = 0;                // those that were made now
  int64_t num_found = 0;              // those that were complete before
  std::vector<std::string> failures;  // a line each: which child, its exit code, why, its log
  int worst_exit_code = 0;            // of the failures
};

// Each folder once: points that differ in nothing that matters have the same children.
absl::StatusOr<ChildRuns> RunChildren(const SweepMembers& members, const SweepSpec& spec,
                                      const ChildPlaces& places, RunContext& context);

// The file of a child's output and errors, in the sweep's folder.
std::string ChildLog(const std::string& sweep_folder, const SweepMembers& members,
                     const SweepChild& child);

}  // namespace bench::harness
