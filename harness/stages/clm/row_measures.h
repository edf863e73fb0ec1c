// What a definition has measured of rows of symbols beside the scores and answers that every
// evaluation has (row_evaluation.h): [evaluation] statements and confidence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/stages/clm/row_confidence.h"
#include "harness/stages/clm/row_statements.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "nlohmann/json.hpp"
#include "results/run_writer.h"

namespace bench::harness {

class RowMeasures {
 public:
  // All must outlive what is created; `folder` has the data set.
  struct Parts {
    const ClmSpec& spec;
    const RowDataset& dataset;
    const std::string& folder;
    const Tokenizer& tokenizer;
    const models::Decoder& decoder;
    results::RunWriter& writer;
  };
  // UsageError where the data set has no statements, or no symbol that is the refusal, or its rows
  // begin with vectors.
  static absl::StatusOr<RowMeasures> Create(const Parts& parts);

  // `evaluator`, whose values the measures join. This must outlive the result.
  Evaluator With(Evaluator evaluator);

  // What earlier evaluations found; null where nothing is kept.
  nlohmann::json SaveState() const;
  absl::Status RestoreState(const nlohmann::json& state);

 private:
  RowMeasures() = default;

  std::unique_ptr<RowStatements> statements_;  // null: not asked for
  std::unique_ptr<const RowConfidence> confidence_;
};

}  // namespace bench::harness
