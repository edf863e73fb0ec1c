// What of the held-out documents training has seen after all.
//
// The first count is 0 by construction: a document's part follows from its text, and a text is kept
// once. It proves the files as they were written, not the corpus. What documents of different text
// share shows in the second: a held-out loss is as good as few of its n-grams are in training.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "harness/corpus/ngram_set.h"
#include "harness/corpus/phase_runner.h"
#include "harness/corpus/phases.h"
#include "harness/data/token_dataset.h"

namespace bench::corpus {

// Held-out documents whose tokens, all of them, are those of a training document: found in the
// tokens as they were written. Memory: 16 bytes a held-out document.
int64_t CountHeldOutInTraining(const harness::TokenDataset& dataset);

// How many n-grams of `held_out` occur in training documents, those at and beyond `fraction`
// (held_out.h). Collective: reads the final documents of all shards. The count is rank 0's; the
// others get 0.
absl::StatusOr<int64_t> CountNgramsInTraining(const CorpusPlan& plan, double fraction,
                                              const NgramSet& held_out, PhaseRunner& runner);

}  // namespace bench::corpus
