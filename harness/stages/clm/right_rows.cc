#include "harness/stages/clm/right_rows.h"

#include <algorithm>
#include <span>

#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/batches.h"
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
