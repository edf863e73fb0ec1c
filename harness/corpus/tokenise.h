// The documents of a finished pipeline, in their order (document_order.h), to a token data set
// (harness/data/token_dataset.h).
//
// Each partition of the order is tokenised by itself, into a data set of its own; the shards of the
// whole one are then copied from these, in the order of the partitions, each by itself
// (whole_data_set.h), and rank 0 gathers them. Which documents are held out (part "validation")
// follows from their texts (held_out.h). Documents that have become equal are one, unless exact
// deduplication is off. The bytes of the data set depend on the documents alone. Errors: those of
// the data set; StoppedError.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/ngram_set.h"
#include "harness/corpus/phase_runner.h"
#include "harness/corpus/phases.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::corpus {

inline constexpr size_t kMaxHeldOutNgrams = size_t{1} << 20;

// Collective. `report` is the pipeline's; documents that have become equal go from kept to removed.
// The folder, which must exist, is rank 0's. Returns n-grams of the first held-out documents,
// kMaxHeldOutNgrams or little more, on all ranks.
absl::StatusOr<NgramSet> Tokenise(const CorpusPlan& plan, const harness::Tokenizer& tokenizer,
                                  const std::string& folder, CorpusReport& report,
                                  PhaseRunner& runner);

}  // namespace bench::corpus
