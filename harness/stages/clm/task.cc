#include "harness/stages/clm/task.h"

#include "nlohmann/json.hpp"

namespace bench::harness {

ClmTask::ClmTask(const Parts& parts, const SeedSource& seeds, Evaluator evaluator)
    : CausalTask(parts.spec.training, parts.decoder,
                 MixtureSampler({{"sequences", 1, parts.sequences.size()}}, seeds), parts.ranks,
                 std::move(evaluator)),
      spec_(parts.spec),
      sequences_(parts.sequences) {}

CausalBatch ClmTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<ClmSequence> rows;
  rows.reserve(draws.size());
  for (const MixtureDraw& draw : draws) rows.push_back(sequences_[draw.row]);
  return MakeClmBatch(rows, spec_.attention, device());
}

}  // namespace bench::harness
