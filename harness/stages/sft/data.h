// The rows of supervised fine-tuning: examples of a data set (or a user's own file), tokenised.
//
// A data set has the parts sft (trained on), validation (evaluated while training) and test (the
// final figures). A user's file without a validation file is split by the SHA-256 of each record's
// instruction and input, so that equal prompts stay together whatever the order of records, with at
// least one prompt in each part (harness/data/held_out.h); there the final figures are those of the
// validation rows.
//
// A conversation is one row: its last answer is the target, and with data.loss_turns = "all" its
// earlier answers are targets too. Of one that is longer than max_tokens the last turns go, until
// an answer has room; with "last" such a row is dropped.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/data/prompt.h"
#include "harness/definition/sft_spec.h"
#include "harness/stages/left_out.h"
#include "harness/store/artifact_files.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/mixture_sampler.h"

namespace bench::harness {

struct SftRow {
  SftExample example;
  std::vector<int64_t> tokens;  // prompt, then target
  int64_t num_prompt_tokens = 0;
  std::vector<TokenSpan> earlier_targets = {};  // answers within the prompt that are trained on

  int64_t num_target_tokens() const {
    int64_t count = std::ssize(tokens) - num_prompt_tokens;
    for (const TokenSpan& span : earlier_targets) count += span.end - span.begin;
    return count;
  }
};

// The rows of one task, in file order.
struct SftTaskRows {
  std::string task;
  std::vector<SftRow> train, validation, test;
};

struct SftData {
  std::vector<SftTaskRows> tasks;  // by name
  LeftOutRecords left_out;         // dropped: no target left within max_tokens
  AnswerForm answer_form;          // what ends a target, and so a generation
};

// Rows are labelled with their record's task; records without one belong to task "all".
// DataError when a part or a task of the mix has no rows; UsageError where the tokenizer lacks a
// control token of the prompt template.
absl::StatusOr<SftData> LoadSftData(const SftSpec& spec, const Tokenizer& tokenizer,
                                    const RunContext& context);

// UsageError where the data set has no such part of instruction records, as rows of a grammar have
// none without generated.demonstrations.
absl::Status CheckHasRecords(const Artifact& dataset, const std::string& part);

// The parts that training draws from: those of the definition's mix, or every task in proportion to
// its rows.
absl::StatusOr<std::vector<MixturePart>> MixtureOf(const SftData& data,
                                                   const std::vector<TaskWeight>& mix);
// Of the number of rows by task, none of them 0.
absl::StatusOr<std::vector<MixturePart>> MixtureOf(const std::map<std::string, int64_t>& num_rows,
                                                   const std::vector<TaskWeight>& mix);

}  // namespace bench::harness
