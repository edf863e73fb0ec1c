#include "harness/stages/clm/row_task.h"

#include <utility>

#include "base/status.h"
#include "harness/stages/clm/row_batch.h"

namespace bench::harness {

RowTask::RowTask(const Parts& parts, RowMixture mixture, const SeedSource& seeds,
                 Evaluator evaluator)
    : CausalTask(parts.spec.training, parts.decoder,
                 MixtureSampler(mixture.parts, seeds, mixture.batch_rows), parts.ranks,
                 std::move(evaluator)),
      dataset_(parts.dataset),
      mixture_(std::move(mixture)),
      measures_(parts.measures) {}

nlohmann::json RowTask::SaveState() const {
  nlohmann::json state = SampledTask::SaveState();
  if (measures_ == nullptr) return state;
  nlohmann::json measures = measures_->SaveState();
  if (!measures.is_null()) state["measures"] = std::move(measures);
  return state;
}

absl::Status RowTask::RestoreState(const nlohmann::json& state) {
  BENCH_RETURN_IF_ERROR(SampledTask::RestoreState(state));
  if (measures_ == nullptr) return absl::OkStatus();
  return measures_->RestoreState(state.value("measures", nlohmann::json()));
}

CausalBatch RowTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<DatasetRow> rows;
  rows.reserve(draws.size());
  for (const MixtureDraw& draw : draws) rows.push_back(dataset_.row("train", mixture_.RowOf(draw)));
  return MakeRowBatch(rows, device());
}

}  // namespace bench::harness
