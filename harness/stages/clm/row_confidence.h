// What a model's confidence says about its answers to held-out rows, and what it refuses.
//
// Of each row that ends in an answer, the first token of that answer is predicted from what is
// before it. Its confidence is the largest probability of a token that is not the refusal, its
// answer that token (the lowest id among equals), right where it is the row's. A question is
// refused where the refusal is more probable than every other token.
//   forced_accuracy       share right, were nothing refused; of groups too
//   known_auroc           AUROC of the confidence for being right
//   calibration_error     of the confidence, ten bins
//   precision_at_coverage /percent_25, _50, _75: of so many of the most confident answers
// and where the definition names a refusal, the first two of groups too:
//   coverage, wrong_answers, answer_precision   of what is answered; the last one only if any is
//   known_auroc/answering            AUROC of 1 - p(refusal)
//   precision_at_coverage/answered   of as many of the most confident answers as are not refused:
//                                    what a threshold on the confidence gives at equal coverage
// Every evaluation has those of all rows; the final one those of groups, the counts of proportions
// and the tables "coverage" (precision and threshold by share answered) and "confidence_bins".
// Where a confidence is not finite there is forced_accuracy alone, which is NaN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"
#include "harness/training/task.h"
#include "models/decoder.h"
#include "results/proportion_items.h"
#include "results/run_writer.h"

namespace bench::harness {

// What a model makes of questions, in their order.
struct ConfidentAnswers {
  std::vector<double> confidences;  // of the most probable token that is no refusal
  std::vector<bool> right;          // whether that token is the answer
  std::vector<double> refusals;     // probability of the refusal
  std::vector<bool> refused;

  void Add(const ConfidentAnswers& other);
};

class RowConfidence {
 public:
  // All must outlive it. `refusal`: its token, if there is one.
  struct Parts {
    const RowDataset& dataset;
    const models::Decoder& decoder;
    results::RunWriter& writer;
    std::optional<int64_t> refusal;
  };
  explicit RowConfidence(const Parts& parts);

  // UsageError where no held-out row ends in an answer, or a question has tokens or a length that
  // the model does not.
  absl::Status AddTo(Evaluation& evaluation, EvaluationPoint point, int64_t step) const;

 private:
  struct Group {
    std::string name;
    std::vector<DatasetRow> rows;
  };
  absl::StatusOr<ConfidentAnswers> Ask(const std::vector<DatasetRow>& rows) const;
  void AppendWhole(const ConfidentAnswers& all, std::vector<results::MetricValue>& values) const;
  // What groups have too.
  void AppendShares(const ConfidentAnswers& answers, const std::string& label,
                    std::vector<results::MetricValue>& values) const;
  std::vector<results::CountedProportion> Proportions(const ConfidentAnswers& answers,
                                                      const std::string& label) const;
  absl::Status RecordTables(const ConfidentAnswers& all, int64_t step) const;

  Parts p_;
  std::vector<Group> groups_;  // that have held-out rows with an answer
};

}  // namespace bench::harness
