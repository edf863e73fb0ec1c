// Held-out evaluation on rows of symbols: of every group of rows and of the whole.
//
// Every evaluation scores the targets (row_scores.h); the final one also lets the model write what
// it would, greedily, where rows end in an answer (row_answers.h), and records the tables
// positions, samples and proportions. evaluation.tokens_per_language limits the tokens of a
// group's rows, 0 does not, evaluation.num_samples those in the table. Of rows that begin with
// vectors the final evaluation also has controls (vector_controls.h). Nothing is drawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/data/row_alternatives.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/clm_spec.h"
#include "harness/measurement/ranges.h"
#include "harness/stages/clm/row_answers.h"
#include "harness/stages/clm/row_scores.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "results/run_writer.h"

namespace bench::harness {

class RowEvaluator {
 public:
  // All must outlive the evaluator.
  struct Parts {
    const ClmSpec& spec;
    const RowDataset& dataset;
    const Tokenizer& tokenizer;
    const models::Decoder& decoder;
    results::RunWriter& writer;
    RangeTable& ranges;
    // What answers of other groups are told by; null or empty: nothing.
    const RowAlternatives* alternatives = nullptr;
  };
  explicit RowEvaluator(const Parts& parts);

  absl::StatusOr<Evaluation> Run(EvaluationPoint point, int64_t step);

 private:
  struct Group {
    std::string name;
    std::vector<DatasetRow> rows;
  };

  absl::StatusOr<RowScores> Score(const Group& group) const;
  // None where the group's rows end in no answer.
  absl::StatusOr<RowAnswers> Ask(const Group& group, int64_t step) const;
  // Rows with other vectors than their own (vector_controls.h), as the labels "zero" and
  // "shuffled"; nothing where rows have no vectors.
  absl::Status AppendControls(int64_t step, std::vector<results::MetricValue>& values,
                              std::vector<results::CountedProportion>& proportions) const;
  absl::Status RecordSample(const Group& group, const DatasetRow& row,
                            const std::vector<int64_t>& written, int64_t step) const;

  Parts p_;
  std::vector<Group> groups_;  // those that have held-out rows
};

}  // namespace bench::harness
