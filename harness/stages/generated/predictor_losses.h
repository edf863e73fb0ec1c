// Mean losses of a grammar's predictors (harness/generated/grammar.h) on the targets of rows, by
// position and over all. Position p is the p-th target of a row, from 0; "late" are the targets of
// the second half of a row's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/generated/grammar.h"
#include "results/metric.h"
#include "results/run_writer.h"

namespace bench::harness {

class PredictorLosses {
 public:
  explicit PredictorLosses(std::vector<std::string> predictors);

  void Add(const generated::Row& row);
  // predictor_loss/NAME and predictor_loss/NAME_late; none before a row was added.
  std::vector<results::MetricValue> Summary() const;
  // Into the table "predictors".
  absl::Status Record(results::RunWriter& writer) const;

 private:
  struct Mean {
    double sum = 0;
    int64_t count = 0;
    void Add(double value) {
      sum += value;
      ++count;
    }
    double value() const { return sum / static_cast<double>(count); }
  };
  struct Losses {
    Mean all, late;
    std::vector<Mean> by_position;
  };

  std::vector<std::string> predictors_;
  std::vector<Losses> losses_;  // by predictor
};

}  // namespace bench::harness
