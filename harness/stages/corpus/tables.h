// The tables that a corpus run leaves.
//
//   read, kept        source, language: documents, bytes of text
//   rejected          source, id, reason: documents kept aside (named up to a limit)
//   removed           filter, rule: documents, bytes; the filters, then deduplication, length ...
//   removed_samples   filter, rule, source, id, language, text
//   shortened         filter: documents that something was cut from, bytes
//   dropped_lines     rule of C4: lines dropped
//   masked            kind of personal data: occurrences
//   duplicates        filter, the removed document and its survivor
//   decontamination   part of the evaluation texts: texts, n-grams, texts too short for one,
//                     documents that share one, action
//   phases            phase: parts, those that an attempt before had finished, seconds (of all of
//                     them one after the other, and of the longest), bytes read and written
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "harness/corpus/pipeline.h"
#include "results/run_writer.h"

namespace bench::harness {

absl::Status RecordCorpus(const corpus::CorpusPlan& plan, const corpus::PipelineResult& result,
                          results::RunWriter& writer);

absl::Status RecordPhases(const std::vector<corpus::PhaseFigures>& phases,
                          results::RunWriter& writer);

}  // namespace bench::harness
