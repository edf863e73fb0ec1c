// Random tokens of given lengths, and the same rows as texts, for measuring speed where the text
// does not matter.
//
// The vocabulary has the control tokens unk 0, bos 1, eos 2, pad 3 and a token a character,
// U+20000 on, so that every row of tokens is a text of as many characters, which the tokenizer
// encodes as these tokens again. Tokens are uniform over [4, vocab_size), one draw each, in the
// order of the rows; a row's prompt comes before its responses.
//
// A row's lengths count what a model reads: the prompt bos + characters, a response characters +
// eos. Errors: DataError for a file of lengths that is not of this form.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "harness/definition/synthetic_spec.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct RowLengths {
  int64_t prompt = 0;
  std::vector<int64_t> responses;  // one, or chosen and rejected
  friend bool operator==(const RowLengths&, const RowLengths&) = default;
};

struct SyntheticRow {
  std::vector<int64_t> prompt;                  // with bos
  std::vector<std::vector<int64_t>> responses;  // each with eos
};

// The rows of the file's list for this kind of rows: "sft" or "preference".
absl::StatusOr<std::vector<RowLengths>> ReadRowLengths(const std::string& path, SyntheticRows kind);

// Those of the definition; `lengths_path`: of its file, where it has one.
absl::StatusOr<std::vector<RowLengths>> RowLengthsOf(const SyntheticSpec& spec,
                                                     const std::string& lengths_path);

// `vocab_size`: control tokens included. StoppedError once a stop was asked for.
absl::StatusOr<std::string> TrainSyntheticTokenizer(int64_t vocab_size);

std::vector<int64_t> DrawTokens(int64_t num_tokens, int64_t vocab_size, Random& random);

// `num_rows` rows; row i has the lengths i modulo their number.
std::vector<SyntheticRow> DrawRows(const std::vector<RowLengths>& lengths, int64_t num_rows,
                                   int64_t vocab_size, Random& random);

// The characters of tokens; control tokens give nothing.
std::string SyntheticText(std::span<const int64_t> tokens, const Tokenizer& tokenizer);

}  // namespace bench::harness
