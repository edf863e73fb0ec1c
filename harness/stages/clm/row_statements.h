// Hallucination of a model of statements at every evaluation (statement_calibration.h).
//
// Series: statement_loss, hallucination_rate, malformed_rate, miscalibration, hallucination_bound
// and hallucination_margin. The summary has them at the end of training and, labelled "best", at
// the evaluation of the least statement_loss, which is the model that is as good a predictor as any
// of the run; hallucination_margin/least of all evaluations; monofact_rate and missing_mass of the
// rows. Where a log-probability is not finite there is statement_loss alone, which is NaN, and
// nothing is kept. Tables, a row an evaluation: "statements" (the masses); a row a bin:
// "statement_bins". What the summary needs of earlier evaluations is the task's state, so that a
// resumed run has it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/statement_space.h"
#include "harness/evaluation/statement_calibration.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "nlohmann/json.hpp"
#include "results/run_writer.h"

namespace bench::harness {

class RowStatements {
 public:
  // All must outlive it.
  RowStatements(StatementSpace space, const models::Decoder& decoder, results::RunWriter& writer)
      : space_(std::move(space)), decoder_(decoder), writer_(writer) {}

  absl::Status AddTo(Evaluation& evaluation, EvaluationPoint point, int64_t step);

  nlohmann::json SaveState() const;
  // DataError where it is not what SaveState gives.
  absl::Status RestoreState(const nlohmann::json& state);

 private:
  // Of an evaluation, as they are kept.
  struct Figures {
    double loss = 0;
    double hallucination_rate = 0;
    double malformed_rate = 0;
    double miscalibration = 0;
    double bound = 0;

    double margin() const { return hallucination_rate - bound; }
    void AppendTo(const std::string& label, std::vector<results::MetricValue>& values) const;
  };
  absl::Status Record(const StatementCalibration& found, int64_t step) const;

  const StatementSpace space_;
  const models::Decoder& decoder_;
  results::RunWriter& writer_;
  bool has_best_ = false;  // whether there was an evaluation
  Figures best_;
  double least_margin_ = 0;
};

}  // namespace bench::harness
