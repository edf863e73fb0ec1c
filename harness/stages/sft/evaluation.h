// Held-out evaluation of supervised fine-tuning.
//
// Every evaluation: loss (nat a target token), token accuracy, and greedy generation with exact
// match and chrF, per task and over all tasks, on the validation rows. The final one also takes the
// test rows, where there are some, for the summary and for the samples in the results, beside two
// answers that need no training: the input copied, and the output of the nearest training example.
// Draws nothing: generation is greedy. A stop signal ends it within a batch with StoppedError, and
// nothing of it is recorded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/sft_spec.h"
#include "harness/measurement/ranges.h"
#include "harness/stages/sft/data.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "results/proportion_items.h"
#include "results/run_writer.h"

namespace bench::harness {

class SftEvaluator {
 public:
  // All must outlive the evaluator.
  struct Parts {
    const SftSpec& spec;
    const SftData& data;
    const Tokenizer& tokenizer;
    const models::Decoder& decoder;
    results::RunWriter& writer;
    RangeTable& ranges;
  };
  explicit SftEvaluator(const Parts& parts) : p_(parts) {}

  absl::StatusOr<Evaluation> Run(EvaluationPoint point, int64_t step);

 private:
  using Rows = std::vector<const SftRow*>;
  struct TaskRows {
    std::string task;
    Rows scored;     // for loss and accuracy
    Rows generated;  // for exact match and chrF
  };
  struct Scores {
    std::vector<results::MetricValue> values;
    std::vector<results::CountedProportion> proportions;
    std::vector<std::vector<std::string>> answers;  // of each task to its `generated` rows
  };

  std::vector<TaskRows> Select(std::vector<SftRow> SftTaskRows::*part) const;
  bool HasTestRows() const;
  absl::StatusOr<Scores> Score(const std::vector<TaskRows>& tasks) const;
  absl::StatusOr<std::vector<std::string>> Answers(const Rows& rows) const;
  absl::StatusOr<std::vector<results::MetricValue>> ScoreBaselines(
      const std::vector<TaskRows>& tasks) const;
  absl::Status RecordSamples(const std::vector<TaskRows>& tasks, const Scores& scores,
                             int64_t step) const;

  Parts p_;
};

}  // namespace bench::harness
