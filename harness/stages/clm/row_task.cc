#include "harness/stages/clm/row_task.h"

#include <utility>

#include "harness/stages/clm/row_batch.h"

namespace bench::harness {

RowTask::RowTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator)
    : CausalTask(parts.spec.training, parts.decoder,
                 MixtureSampler({{"rows", 1, parts.dataset.num_rows("train")}}, seeds), parts.ranks,
                 std::move(evaluator)),
      dataset_(parts.dataset) {}

CausalBatch RowTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<DatasetRow> rows;
  rows.reserve(draws.size());
  for (const MixtureDraw& draw : draws) rows.push_back(dataset_.row("train", draw.row));
  return MakeRowBatch(rows, device());
}

}  // namespace bench::harness
