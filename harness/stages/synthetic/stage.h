// Stage "synthetic": rows of random tokens (harness/data/synthetic_rows.h), for measuring speed.
//
// Artifact: tokenizer.model, and what the definition's kind of rows is read from:
//   stream        a token data set (harness/data/token_dataset.h)
//   instructions  sft.jsonl, reward.jsonl, ppo.jsonl, validation.jsonl, test.jsonl (alpaca.h)
//   preferences   train.jsonl, validation.jsonl (preferences.h)
// with, beside each of these files but those of a stream, PART.ids.jsonl: the same rows as tokens,
// for programs that have no use for text. A line is {"prompt": [...], "response": [...]}, of
// preferences {"prompt": [...], "chosen": [...], "rejected": [...]}; the begin token of prompts and
// the end token of responses are there.
#pragma once

#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class SyntheticStage : public Stage {
 public:
  // The definition outlives it.
  explicit SyntheticStage(const Definition& definition) : definition_(definition) {}
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const SyntheticSpec& spec() const { return std::get<SyntheticSpec>(definition_.stage); }
  std::string LengthsPath() const;

  const Definition& definition_;
};

}  // namespace bench::harness
