#include "harness/stages/sft_task.h"

#include <algorithm>
#include <iterator>

#include "nlohmann/json.hpp"

namespace bench::harness {

namespace {

// Attention is causal and padding comes last, so no target sees it: any token does.
constexpr int64_t kPaddingToken = 0;

size_t LongestInput(const std::vector<const SftRow*>& rows) {
  size_t longest = 0;
  for (const SftRow* row : rows) longest = std::max(longest, row->tokens.size() - 1);
  return longest;
}

}  // namespace

CausalBatch MakeSftBatch(const std::vector<const SftRow*>& rows, Packing packing,
                         at::Device device) {
  const size_t padded_length = packing == Packing::kPadded ? LongestInput(rows) : 0;
  std::vector<std::vector<int64_t>> inputs;
  std::vector<int64_t> target_rows;
  std::vector<int64_t> targets;
  int64_t start = 0;
  for (const SftRow* row : rows) {
    std::vector<int64_t>& input = inputs.emplace_back(row->tokens.begin(), row->tokens.end() - 1);
    input.resize(std::max(input.size(), padded_length), kPaddingToken);
    const int64_t length = static_cast<int64_t>(row->tokens.size());
    for (int64_t position = row->num_prompt_tokens; position < length; ++position) {
      target_rows.push_back(start + position - 1);  // the hidden state before a token predicts it
      targets.push_back(row->tokens[static_cast<size_t>(position)]);
    }
    start += std::ssize(input);
  }
  return {models::MakeRaggedBatch(inputs, device), at::tensor(target_rows, at::kLong).to(device),
          at::tensor(targets, at::kLong).to(device)};
}

SftTask::SftTask(const SftSpec& spec, const SftData& data, MixtureSampler sampler,
                 const models::Decoder& decoder, Evaluator evaluator)
    : CausalTask(spec.training, decoder, std::move(sampler), std::move(evaluator)), spec_(spec) {
  for (const MixturePart& part : this->sampler().parts()) {
    for (const SftTaskRows& task : data.tasks) {
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
