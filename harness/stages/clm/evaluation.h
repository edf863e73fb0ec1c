// Held-out evaluation of causal language modelling.
//
// A held-out document is scored by itself, in windows of at most max_tokens tokens that do not
// overlap (each begins without context); every token but the document's first is a target, EOS
// included. Per language and over all:
//   loss = sum of NLL / targets [nats/token],  perplexity = exp(loss),
//   bits_per_byte = sum of NLL / (ln 2 x scored_bytes),
// scored_bytes the bytes of text that the targets stand for (harness/data/document_tokens.h), so
// that numerator and denominator cover the same text; comparable across tokenizers. Absent where
// they are none. The final evaluation also continues the beginnings of some
// documents, by draws that depend on the base seed, the language and the document only, never on
// training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/data/token_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/measurement/ranges.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "results/run_writer.h"

namespace bench::harness {

class ClmEvaluator {
 public:
  // All must outlive the evaluator.
  struct Parts {
    const ClmSpec& spec;
    const TokenDataset& dataset;
    const Tokenizer& tokenizer;
    const models::Decoder& decoder;
    const SeedSource& seeds;
    results::RunWriter& writer;
    RangeTable& ranges;
  };
  explicit ClmEvaluator(const Parts& parts);

  absl::StatusOr<Evaluation> Run(EvaluationPoint point, int64_t step);

 private:
  struct Document {
    std::vector<int64_t> tokens;
    int64_t num_scored_bytes = 0;
  };
  struct Language {
    std::string name;
    std::vector<Document> documents;
    int64_t num_tokens = 0;
  };

  void Select();
  absl::Status RecordSamples(const Language& language, int64_t step) const;

  Parts p_;
  std::vector<Language> languages_;  // those that have held-out documents
};

}  // namespace bench::harness
