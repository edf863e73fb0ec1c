// Stage "sweep": runs of another experiment that belong together, and one results file of them.
//
// The children are run first where the store does not have them (sweep_children.h), as many at once
// as have cores. What is recorded is computed from their results files, with the names of
// results/sweeps/sweep_record.h: summary METRIC/POINT is the mean over replicates, samples
// METRIC/POINT are the replicates' values in order; tables arms, children, values, bands and fits.
// Times of children whose times say nothing (results/comparison/usable_times.h) are left out.
// Children of replicate r of a sweep of n replicates have the numbers r n, ..., r n + n - 1.
//
// Artifact: sweep.json, which child is which run, and figure.svg, the first metric by arm; the
// figure lies in the run's folder too. A child that diverged makes the sweep diverge; one that
// failed ends it, after the others, with the child's error. UsageError, at the end, for a metric
// that no child measured.
#pragma once

#include <string>

#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class SweepStage : public Stage {
 public:
  // The definition outlives it.
  explicit SweepStage(const Definition& definition) : definition_(definition) {}
  // One digest, "children", of the children's definitions and of their content from outside the
  // store.
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const SweepSpec& spec() const { return std::get<SweepSpec>(definition_.stage); }

  const Definition& definition_;
};

}  // namespace bench::harness
