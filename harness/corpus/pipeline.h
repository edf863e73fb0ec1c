// Runs all phases of a corpus (phases.h) on one machine, shards and partitions over threads.
//
// Afterwards VisitInOrder (document_order.h) gives the documents. What phases leave behind for each
// other is removed as soon as no phase needs it; the final documents stay in the plan's folder.
// Errors: those of the phases, StoppedError once a stop was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/duplicate_samples.h"
#include "harness/corpus/phases.h"

namespace bench::corpus {

// `done` of `total` shards or partitions of the phase; by one thread at a time.
using PhaseProgress = std::function<void(std::string_view phase, int64_t done, int64_t total)>;

struct PipelineResult {
  CorpusReport report;
  std::vector<DuplicateSamples::Sample> duplicate_samples;
};

// The plan's folder must exist and be empty.
absl::StatusOr<PipelineResult> RunPipeline(const CorpusPlan& plan, const PhaseProgress& progress);

}  // namespace bench::corpus
