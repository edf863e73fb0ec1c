#include "harness/stages/clm/row_statements.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "harness/evaluation/enumeration.h"
#include "results/metrics.h"

namespace bench::harness {

void RowStatements::Figures::AppendTo(const std::string& label,
                                      std::vector<results::MetricValue>& values) const {
  values.push_back({{&results::kStatementLoss, label}, loss});
  values.push_back({{&results::kHallucinationRate, label}, hallucination_rate});
  values.push_back({{&results::kMalformedRate, label}, malformed_rate});
  values.push_back({{&results::kMiscalibration, label}, miscalibration});
  values.push_back({{&results::kHallucinationBound, label}, bound});
  values.push_back({{&results::kHallucinationMargin, label}, margin()});
}

absl::Status RowStatements::Record(const StatementCalibration& found, int64_t step) const {
  BENCH_RETURN_IF_ERROR(writer_.TableRow("statements", step,
                                         {{"loss", found.loss},
                                          {"seen_mass", found.seen_mass},
                                          {"unseen_mass", found.unseen_mass},
                                          {"false_mass", found.hallucination_rate},
                                          {"malformed_mass", found.malformed_rate},
                                          {"miscalibration", found.miscalibration},
                                          {"monofact_rate", found.monofact_rate},
                                          {"missing_mass", found.missing_mass},
                                          {"bound", found.bound()}}));
  for (const MassBin& bin : found.bins) {
    BENCH_RETURN_IF_ERROR(writer_.TableRow("statement_bins", step,
                                           {{"exponent", bin.exponent},
                                            {"statements", bin.num_statements},
                                            {"model_mass", bin.model_mass},
                                            {"true_mass", bin.true_mass}}));
  }
  return absl::OkStatus();
}

absl::Status RowStatements::AddTo(Evaluation& evaluation, EvaluationPoint point, int64_t step) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<double> log_probs, StatementLogProbs(decoder_, space_));
  // Weights that are not finite: the loss says so, and the run has diverged.
  if (std::any_of(log_probs.begin(), log_probs.end(),
                  [](double log_prob) { return !std::isfinite(log_prob); })) {
    const results::MetricValue loss = {{&results::kStatementLoss, ""},
                                       std::numeric_limits<double>::quiet_NaN()};
    evaluation.values.push_back(loss);
    if (point == EvaluationPoint::kFinal) evaluation.summary.push_back(loss);
    return absl::OkStatus();
  }
  const StatementCalibration found = Calibrate(space_, log_probs);
  BENCH_RETURN_IF_ERROR(Record(found, step));
  const Figures figures{found.loss, found.hallucination_rate, found.malformed_rate,
                        found.miscalibration, found.bound()};
  figures.AppendTo("", evaluation.values);
  if (!has_best_ || figures.loss < best_.loss) best_ = figures;
  least_margin_ = has_best_ ? std::min(least_margin_, figures.margin()) : figures.margin();
  has_best_ = true;
  if (point != EvaluationPoint::kFinal) return absl::OkStatus();
  figures.AppendTo("", evaluation.summary);
  best_.AppendTo("best", evaluation.summary);
  evaluation.summary.push_back({{&results::kHallucinationMargin, "least"}, least_margin_});
  evaluation.summary.push_back({{&results::kMonofactRate, ""}, found.monofact_rate});
  evaluation.summary.push_back({{&results::kMissingMass, ""}, found.missing_mass});
  return absl::OkStatus();
}

nlohmann::json RowStatements::SaveState() const {
  return {{"has_best", static_cast<int64_t>(has_best_)},
          {"loss", best_.loss},
          {"hallucination_rate", best_.hallucination_rate},
          {"malformed_rate", best_.malformed_rate},
          {"miscalibration", best_.miscalibration},
          {"bound", best_.bound},
          {"least_margin", least_margin_}};
}

absl::Status RowStatements::RestoreState(const nlohmann::json& state) {
  BENCH_ASSIGN_OR_RETURN(const int64_t has_best, JsonMember<int64_t>(state, "has_best"));
  has_best_ = has_best != 0;
  const std::pair<const char*, double*> figures[] = {
      {"loss", &best_.loss},
      {"hallucination_rate", &best_.hallucination_rate},
      {"malformed_rate", &best_.malformed_rate},
      {"miscalibration", &best_.miscalibration},
      {"bound", &best_.bound},
      {"least_margin", &least_margin_}};
  for (const auto& [key, figure] : figures) {
    BENCH_ASSIGN_OR_RETURN(*figure, JsonMember<double>(state, key));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
