// The size of the vocabulary that an experiment's models have, as far as it is known before a run.
//
// In this order: the weights that training starts from, where they are a Hugging Face folder; the
// user's tokenizer; the tokenizer's artifact, if the store has it; what the tokenizer's definition
// asks for (a tokenizer of characters may get fewer). Of a tokenizer that is made of the text only
// a bound is known. Reads files, makes and fetches nothing. Errors: those of the readers.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "harness/plan/planned_models.h"

namespace bench::harness {

struct Vocabulary {
  int64_t size = 0;
  std::string source;  // where the size is from, for people
};

struct VocabularySources {
  const std::string& store_root;  // may be absent: then it is not made
  const std::string& experiments_root;
};

absl::StatusOr<Vocabulary> VocabularyOf(const TrainedStage& stage,
                                        const VocabularySources& sources);

}  // namespace bench::harness
