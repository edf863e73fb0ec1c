// Runs all phases of a corpus (phases.h) over the ranks of a group and their threads: one process
// is a group of one. What is finished is not made again (phase_runner.h).
//
// Afterwards VisitPartitionInOrder (document_order.h) gives the documents. What phases leave behind
// for each other is removed as soon as no phase needs it; the final documents stay in the plan's
// folder. Errors: those of the phases, StoppedError once a stop was asked for.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/duplicate_samples.h"
#include "harness/corpus/phase_runner.h"
#include "harness/corpus/phases.h"

namespace bench::corpus {

// What is read is in rank 0's report only; what is kept, and where, in everybody's.
struct PipelineResult {
  CorpusReport report;
  std::vector<DuplicateSamples::Sample> duplicate_samples;
  // By this rank's clock: until all ranks have read and filtered, and from then on to the end.
  double filter_s = 0;
  double deduplicate_s = 0;
};

// Collective. The plan's folder must be that of the work (work_ledger.h), or empty.
absl::StatusOr<PipelineResult> RunPipeline(const CorpusPlan& plan, PhaseRunner& runner);

}  // namespace bench::corpus
