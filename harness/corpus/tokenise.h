// The documents of a finished pipeline, in their order (document_order.h), to a token data set
// (harness/data/token_dataset.h).
//
// Which documents are held out (part "validation") follows from their texts (held_out.h).
// Documents that have become equal are one, unless exact deduplication is off.
// Encoding is spread over the plan's threads, in batches of 4 MiB of text; the bytes of the data
// set do not depend on that. Errors: those of the data set; StoppedError.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/ngram_set.h"
#include "harness/corpus/phases.h"
#include "harness/corpus/pipeline.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::corpus {

inline constexpr size_t kMaxHeldOutNgrams = size_t{1} << 20;

// `report` is the pipeline's; documents that have become equal go from kept to removed. The folder
// must exist. Returns n-grams of the first held-out documents, kMaxHeldOutNgrams or little more.
absl::StatusOr<NgramSet> Tokenise(const CorpusPlan& plan, const harness::Tokenizer& tokenizer,
                                  const std::string& folder, CorpusReport& report,
                                  const PhaseProgress& progress);

}  // namespace bench::corpus
