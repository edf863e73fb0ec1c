#include "harness/stages/clm/task.h"

#include "nlohmann/json.hpp"

namespace bench::harness {

ClmTask::ClmTask(const ClmSpec& spec, const ClmSequences& sequences, const SeedSource& seeds,
                 const models::Decoder& decoder, Ranks& ranks, Evaluator evaluator)
    : CausalTask(spec.training, decoder,
                 MixtureSampler({{"sequences", 1, sequences.size()}}, seeds), ranks,
                 std::move(evaluator)),
      spec_(spec),
      sequences_(sequences) {}

CausalBatch ClmTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<ClmSequence> rows;
  rows.reserve(draws.size());
  for (const MixtureDraw& draw : draws) rows.push_back(sequences_[draw.row]);
  return MakeClmBatch(rows, spec_.attention, device());
}

}  // namespace bench::harness
