// What a model gives the targets of held-out rows, each target predicted from the row's own tokens
// before it. Sums over all targets of the rows that were added:
//   loss             nats a target
//   token_accuracy   share of the targets that are the most probable tokens
//   excess_loss      loss - mean of the rows' references, where they have some; "late": of the
//                    targets in the second half of each row's
// and over the rows that end in an answer:
//   greedy_match     share of those all of whose targets are the most probable tokens
//   target_log_prob  mean of the sums of log-probabilities of their targets
// A position is the number of a target in its row, from 0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/data/row_dataset.h"
#include "results/metric.h"
#include "results/proportion_items.h"
#include "results/run_writer.h"

namespace bench::harness {

// Of one target.
struct TargetScore {
  double nll = 0;  // nats
  bool correct = false;
};

class RowScores {
 public:
  // `targets`: those of the row, in order.
  void Add(const DatasetRow& row, std::span<const TargetScore> targets);
  void operator+=(const RowScores& other);

  int64_t num_targets() const { return sum_.count; }
  // `label`: of the metrics, "" of the whole.
  void AppendTo(const std::string& label, std::vector<results::MetricValue>& values) const;
  void AppendTo(const std::string& label,
                std::vector<results::CountedProportion>& proportions) const;
  // Into the table "positions".
  absl::Status RecordPositions(const std::string& group, int64_t step,
                               results::RunWriter& writer) const;

 private:
  struct Sum {
    double nll = 0;
    double reference = 0;
    int64_t num_correct = 0;
    int64_t count = 0;

    void operator+=(const Sum& other);
    double loss() const { return nll / static_cast<double>(count); }
    double excess() const { return (nll - reference) / static_cast<double>(count); }
    double accuracy() const {
      return static_cast<double>(num_correct) / static_cast<double>(count);
    }
  };

  Sum sum_, late_;
  std::vector<Sum> by_position_;
  bool has_references_ = false;
  std::vector<bool> matches_;  // of the rows with an answer
  double answer_nll_ = 0;
};

}  // namespace bench::harness
