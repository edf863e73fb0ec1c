#include "harness/stages/clm/row_measures.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/statement_space.h"
#include "harness/stages/clm/row_symbols.h"

namespace bench::harness {
namespace {

// Both ask with tokens alone: of an image they would say what the model makes of none.
absl::Status CheckNoVectors(const RowDataset& dataset, const ClmEvaluationSpec& spec) {
  if (dataset.vectors().size == 0 || !(spec.confidence || spec.statements)) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("evaluation.", spec.confidence ? "confidence" : "statements",
                                 ": rows that begin with vectors have none of it yet; leave it "
                                 "out"));
}

}  // namespace

absl::StatusOr<RowMeasures> RowMeasures::Create(const Parts& parts) {
  const ClmEvaluationSpec& spec = parts.spec.evaluation;
  BENCH_RETURN_IF_ERROR(CheckNoVectors(parts.dataset, spec));
  RowMeasures measures;
  if (spec.statements) {
    BENCH_ASSIGN_OR_RETURN(StatementSpace space, ReadStatementSpace(parts.folder));
    measures.statements_ =
        std::make_unique<RowStatements>(std::move(space), parts.decoder, parts.writer);
  }
  if (spec.confidence) {
    std::optional<int64_t> refusal;
    if (spec.refusal) {
      BENCH_ASSIGN_OR_RETURN(refusal,
                             SymbolToken(parts.tokenizer, *spec.refusal, "evaluation.refusal"));
    }
    measures.confidence_ = std::make_unique<const RowConfidence>(
        RowConfidence::Parts{parts.dataset, parts.decoder, parts.writer, refusal});
  }
  return measures;
}

Evaluator RowMeasures::With(Evaluator evaluator) {
  return [this, evaluator = std::move(evaluator)](EvaluationPoint point,
                                                  int64_t step) -> absl::StatusOr<Evaluation> {
    BENCH_ASSIGN_OR_RETURN(Evaluation evaluation, evaluator(point, step));
    if (confidence_ != nullptr) {
      BENCH_RETURN_IF_ERROR(confidence_->AddTo(evaluation, point, step));
    }
    // Last, since it keeps what it finds: an evaluation that is cut short before is due again.
    if (statements_ != nullptr) {
      BENCH_RETURN_IF_ERROR(statements_->AddTo(evaluation, point, step));
    }
    return evaluation;
  };
}

nlohmann::json RowMeasures::SaveState() const {
  return statements_ == nullptr ? nlohmann::json() : statements_->SaveState();
}

absl::Status RowMeasures::RestoreState(const nlohmann::json& state) {
  return statements_ == nullptr ? absl::OkStatus() : statements_->RestoreState(state);
}

}  // namespace bench::harness
