// The held-out rows of a generated data set, scored and answered by a model that need not have been
// trained on that data set, only on its symbols: metrics and tables are those of stage "clm" on
// rows (harness/stages/clm/row_evaluation.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/definition/evaluate_spec.h"
#include "harness/model_io/decoder_artifact.h"
#include "results/metric.h"

namespace bench::harness {

// `folder`: of the data set. UsageError where its symbols are not the model's tokens, or a row is
// longer than the model's positions.
absl::StatusOr<std::vector<results::MetricValue>> EvaluateRows(const EvaluatedRowsSpec& spec,
                                                               const std::string& folder,
                                                               const DecoderArtifact& model,
                                                               RunContext& context);

}  // namespace bench::harness
