#include "harness/stages/generated/predictor_losses.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/metrics.h"

namespace bench::harness {

PredictorLosses::PredictorLosses(std::vector<std::string> predictors)
    : predictors_(std::move(predictors)), losses_(predictors_.size()) {}

void PredictorLosses::Add(const generated::Row& row) {
  const auto given = std::count(row.marks.begin(), row.marks.end(), TokenMark::kGiven);
  const auto num_targets = row.marks.size() - static_cast<size_t>(given);
  for (size_t i = 0; i < losses_.size(); ++i) {
    Losses& losses = losses_[i];
    size_t position = 0;
    for (size_t t = 0; t < row.marks.size(); ++t) {
      if (row.marks[t] == TokenMark::kGiven) continue;
      const double nll = row.predictor_nll[i][t];
      losses.all.Add(nll);
      if (position >= num_targets / 2) losses.late.Add(nll);
      if (position == losses.by_position.size()) losses.by_position.emplace_back();
      losses.by_position[position++].Add(nll);
    }
  }
}

std::vector<results::MetricValue> PredictorLosses::Summary() const {
  std::vector<results::MetricValue> values;
  for (size_t i = 0; i < losses_.size(); ++i) {
    if (losses_[i].all.count == 0) continue;
    values.push_back({{&results::kPredictorLoss, predictors_[i]}, losses_[i].all.value()});
    values.push_back({{&results::kPredictorLoss, absl::StrCat(predictors_[i], "_late")},
                      losses_[i].late.value()});
  }
  return values;
}

absl::Status PredictorLosses::Record(results::RunWriter& writer) const {
  for (size_t i = 0; i < losses_.size(); ++i) {
    for (size_t p = 0; p < losses_[i].by_position.size(); ++p) {
      const Mean& mean = losses_[i].by_position[p];
      BENCH_RETURN_IF_ERROR(writer.TableRow("predictors", std::nullopt,
                                            {{"predictor", predictors_[i]},
                                             {"position", static_cast<int64_t>(p)},
                                             {"targets", mean.count},
                                             {"loss", mean.value()}}));
    }
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
