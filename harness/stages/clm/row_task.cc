#include "harness/stages/clm/row_task.h"

#include <utility>

#include "harness/stages/clm/row_batch.h"

namespace bench::harness {

RowTask::RowTask(const Parts& parts, RowMixture mixture, const SeedSource& seeds,
                 Evaluator evaluator)
    : CausalTask(parts.spec.training, parts.decoder,
                 MixtureSampler(mixture.parts, seeds, mixture.batch_rows), parts.ranks,
                 std::move(evaluator)),
      dataset_(parts.dataset),
      mixture_(std::move(mixture)) {}

CausalBatch RowTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<DatasetRow> rows;
  rows.reserve(draws.size());
  for (const MixtureDraw& draw : draws) rows.push_back(dataset_.row("train", mixture_.RowOf(draw)));
  return MakeRowBatch(rows, device());
}

}  // namespace bench::harness
