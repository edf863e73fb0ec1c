// Rows of a grammar once more as instruction records, for the stages that read those: the question
// is the instruction, what is to be written the output, the group the task.
//
// Files, as of a data set of translations (harness/data/translations.h): sft.jsonl has the first
// `demonstrations` training rows, ppo.jsonl the others, whose outputs only a judge reads;
// validation.jsonl and test.jsonl take turns with the held-out rows; there is no reward.jsonl. A
// question is written once, where it comes first, so the parts share none. Same rows = same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "harness/generated/grammar.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

class InstructionRows {
 public:
  // `tokenizer`, of the grammar's symbols, must outlive it.
  InstructionRows(const Tokenizer& tokenizer, int64_t demonstrations)
      : tokenizer_(tokenizer), demonstrations_(demonstrations) {}

  // A row of a group of this name. UsageError for a row whose text is not read back as its symbols.
  absl::Status Add(generated::Part part, const generated::Row& row, const std::string& group);
  // Writes the files into `folder`. UsageError where one of them would be empty, because the
  // grammar has too few questions.
  absl::Status Publish(const std::string& folder) const;

 private:
  enum File : size_t { kSft, kPpo, kValidation, kTest };
  File FileOf(generated::Part part);

  const Tokenizer& tokenizer_;
  const int64_t demonstrations_;
  std::set<std::string> questions_;
  std::array<int64_t, 2> num_rows_ = {};  // by part, of different questions
  std::array<std::string, 4> lines_;      // by file
};

}  // namespace bench::harness
