#include "harness/stages/evaluate/rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/row_alternatives.h"
#include "harness/data/row_dataset.h"
#include "harness/definition/artifact_ref.h"
#include "harness/stages/clm/row_evaluation.h"
#include "harness/stages/token_data.h"

namespace bench::harness {
namespace {

absl::Status CheckFits(const RowDataset& dataset, const DecoderArtifact& model) {
  if (dataset.tokens().tokenizer_sha256() != model.tokenizer.digest()) {
    return UsageError("its symbols are not the tokens that the model was trained with");
  }
  const int64_t num_rows = dataset.num_rows("validation");
  if (num_rows == 0) return DataError("it has no held-out rows");
  int64_t longest = 0;
  for (int64_t i = 0; i < num_rows; ++i) {
    longest = std::max(longest, std::ssize(dataset.row("validation", i).tokens));
  }
  const int64_t positions = model.decoder->config().max_positions;
  if (longest <= positions) return absl::OkStatus();
  return UsageError(absl::StrCat("a row has ", longest, " tokens, the model ", positions,
                                 " positions: give it more by positions.max_positions"));
}

}  // namespace

absl::StatusOr<std::vector<results::MetricValue>> EvaluateRows(const EvaluatedRowsSpec& spec,
                                                               const std::string& folder,
                                                               const DecoderArtifact& model,
                                                               RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const RowDataset dataset, RowDataset::Open(folder));
  BENCH_RETURN_IF_ERROR(Annotate(CheckFits(dataset, model), ToString(*spec.dataset)));
  BENCH_RETURN_IF_ERROR(RecordTokenData(dataset.tokens(), context.writer));
  ClmSpec as_trained;  // of which an evaluation reads what follows
  as_trained.evaluation.tokens_per_language = spec.tokens_per_group;
  as_trained.evaluation.num_samples = spec.num_samples;
  BENCH_ASSIGN_OR_RETURN(const RowAlternatives alternatives,
                         RowAlternatives::Open(folder, dataset.groups()));
  RowEvaluator evaluator({as_trained, dataset, model.tokenizer, *model.decoder, context.writer,
                          context.ranges, &alternatives});
  BENCH_ASSIGN_OR_RETURN(const Evaluation evaluation,
                         evaluator.Run(EvaluationPoint::kFinal, /*step=*/0));
  return evaluation.summary;
}

}  // namespace bench::harness
