#include "harness/stages/sft/task.h"

#include "nlohmann/json.hpp"

namespace bench::harness {

CausalBatch MakeSftBatch(const std::vector<const SftRow*>& rows, Packing packing,
                         at::Device device) {
  std::vector<PromptedRow> prompted;
  for (const SftRow* row : rows) {
    prompted.push_back(
        {&row->tokens, row->num_prompt_tokens, /*reads_last=*/false, row->earlier_targets});
  }
  return MakeCausalBatch(prompted, packing, device);
}

SftTask::SftTask(const Parts& parts, MixtureSampler sampler, Evaluator evaluator)
    : CausalTask(parts.spec.training, parts.decoder, std::move(sampler), parts.ranks,
                 std::move(evaluator)),
      spec_(parts.spec) {
  for (const MixturePart& part : this->sampler().parts()) {
    for (const SftTaskRows& task : parts.data.tasks) {
      if (task.task == part.task) parts_.push_back(&task.train);
    }
  }
}

CausalBatch SftTask::MakeBatch(const std::vector<MixtureDraw>& draws) const {
  std::vector<const SftRow*> rows;
  for (const MixtureDraw& draw : draws) {
    rows.push_back(&(*parts_[draw.part])[static_cast<size_t>(draw.row)]);
  }
  return MakeSftBatch(rows, spec_.packing, device());
}

}  // namespace bench::harness
