// The sequences that pre-training is fed with, cut from the documents of a token data set.
//
// The documents of a shard form one stream; sequence i takes the tokens [i T, i T + T] of it: T
// inputs and, one further, their targets. Nothing is left over but a shard's first token as a
// target; the last sequence of a shard may be shorter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/token_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/stages/batches/causal_batch.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

// Most different characters of a text that has a token a character.
inline constexpr int64_t kMaxCharacters = 1 << 16;

struct ClmSequence {
  std::vector<int64_t> tokens;           // at least two
  std::vector<int64_t> document_starts;  // indices > 0 of tokens that begin a document
};

class ClmSequences {
 public:
  // `shards` must outlive this.
  ClmSequences(const std::vector<TokenShard>& shards, int64_t max_tokens);

  int64_t size() const { return first_.back(); }
  ClmSequence operator[](int64_t index) const;

 private:
  const std::vector<TokenShard>& shards_;
  int64_t max_tokens_;
  std::vector<int64_t> first_;  // number of the first sequence of each shard, and their total
};

CausalBatch MakeClmBatch(const std::vector<ClmSequence>& sequences, DocumentAttention attention,
                         at::Device device);

// The text to train on and where it is from, for messages.
struct ClmText {
  std::string text;
  std::string where;
};

// A text file, or all files of a folder one after another in the order of their paths. DataError
// for text that is not UTF-8.
absl::StatusOr<ClmText> ReadClmText(const std::string& path);

// Tokenises the text into a data set in `folder` (made anew): its beginning is the training
// document, its last `validation_fraction` the held-out one; its language is called "text".
// DataError for text too short to be split.
absl::Status TokeniseText(const ClmText& text, const Tokenizer& tokenizer,
                          double validation_fraction, const std::string& folder);

// A tokenizer whose vocabulary is the characters of the text.
absl::StatusOr<Tokenizer> TrainCharacterTokenizer(const ClmText& text);

}  // namespace bench::harness
