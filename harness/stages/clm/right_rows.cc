#include "harness/stages/clm/right_rows.h"

#include <algorithm>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/batches.h"
#include "harness/evaluation/enumeration.h"
#include "harness/stages/clm/row_batch.h"
#include "kernels/linear_cross_entropy.h"

namespace bench::harness {
namespace {

// By target of the batch: whether it is the most probable token.
at::Tensor CorrectTargets(const models::Decoder& decoder, std::span<const DatasetRow> rows) {
  const at::NoGradGuard no_grad;
  const CausalBatch batch = MakeRowBatch(rows, decoder.device());
  return kernels::LinearCrossEntropy(
             decoder.HeadInput(TargetStates(decoder, batch, models::Activations::kKept)),
             decoder.head_weight_VD(), batch.targets_M)
      .correct_M.to(at::kCPU)
      .contiguous();
}

}  // namespace

absl::StatusOr<std::vector<bool>> AnsweredRightly(const models::Decoder& decoder,
                                                  const std::vector<DatasetRow>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    // The last token is predicted and not read; it is one of the vocabulary too.
    const std::span<const int64_t> tokens = rows[i].tokens;
    const std::string where = absl::StrCat("row ", i);
    BENCH_RETURN_IF_ERROR(Annotate(CheckReadable(decoder, tokens.first(tokens.size() - 1)), where));
    BENCH_RETURN_IF_ERROR(Annotate(CheckReadable(decoder, tokens.last(1)), where));
  }
  std::vector<bool> right;
  for (const std::span<const DatasetRow> batch : InBatches(rows)) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const at::Tensor correct_M = CorrectTargets(decoder, batch);
    const bool* correct = correct_M.const_data_ptr<bool>();
    for (const DatasetRow& row : batch) {
      const auto given = std::count(row.marks.begin(), row.marks.end(), TokenMark::kGiven);
      const auto num_targets = std::ssize(row.marks) - given;
      right.push_back(std::all_of(correct, correct + num_targets, [](bool one) { return one; }));
      correct += num_targets;
    }
  }
  return right;
}

}  // namespace bench::harness
