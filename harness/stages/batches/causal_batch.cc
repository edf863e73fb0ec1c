#include "harness/stages/batches/causal_batch.h"

#include <algorithm>
#include <iterator>

namespace bench::harness {
namespace {

// Attention is causal and padding comes last, so no target sees it: any token does.
constexpr int64_t kPaddingToken = 0;

size_t InputLength(const PromptedRow& row) { return row.tokens->size() - (row.reads_last ? 0 : 1); }

size_t LongestInput(const std::vector<PromptedRow>& rows) {
  size_t longest = 0;
  for (const PromptedRow& row : rows) longest = std::max(longest, InputLength(row));
  return longest;
}

}  // namespace

CausalBatch MakeCausalBatch(const std::vector<PromptedRow>& rows, Packing packing,
                            at::Device device) {
  const size_t padded_length = packing == Packing::kPadded ? LongestInput(rows) : 0;
  std::vector<std::vector<int64_t>> inputs;
  std::vector<int64_t> target_rows;
  std::vector<int64_t> targets;
  int64_t start = 0;
  for (const PromptedRow& row : rows) {
    const std::vector<int64_t>& tokens = *row.tokens;
    std::vector<int64_t>& input = inputs.emplace_back(tokens);
    input.resize(InputLength(row));
    input.resize(std::max(input.size(), padded_length), kPaddingToken);
    const auto add_targets = [&](int64_t begin, int64_t end) {
      for (int64_t position = begin; position < end; ++position) {
        target_rows.push_back(start + position - 1);  // the hidden state before a token predicts it
        targets.push_back(tokens[static_cast<size_t>(position)]);
      }
    };
    for (const TokenSpan& span : row.earlier_targets) add_targets(span.begin, span.end);
    add_targets(row.num_prompt_tokens, std::ssize(tokens));
    start += std::ssize(input);
  }
  return {models::MakeRaggedBatch(inputs, device), at::tensor(target_rows, at::kLong).to(device),
          at::tensor(targets, at::kLong).to(device)};
}

at::Tensor TargetStates(const models::Decoder& decoder, const CausalBatch& batch,
                        models::Activations activations) {
  return decoder.Hidden(batch.inputs, activations).index_select(0, batch.target_rows_M);
}

at::Tensor CausalLossSum(const models::Decoder& decoder, const CausalBatch& batch,
                         models::Activations activations) {
  return kernels::LinearCrossEntropySum(
      decoder.HeadInput(TargetStates(decoder, batch, activations)), decoder.head_weight_VD(),
      batch.targets_M);
}

void TokenScores::operator+=(const TokenScores& other) {
  nll_sum += other.nll_sum;
  num_correct += other.num_correct;
  num_tokens += other.num_tokens;
}

TokenScores ScoreTargets(const models::Decoder& decoder, const CausalBatch& batch) {
  const at::NoGradGuard no_grad;
  const kernels::CrossEntropy result = kernels::LinearCrossEntropy(
      decoder.HeadInput(TargetStates(decoder, batch, models::Activations::kKept)),
      decoder.head_weight_VD(), batch.targets_M);
  return {result.nll_M.sum(at::kDouble).item<double>(), result.correct_M.sum().item<double>(),
          static_cast<double>(batch.targets_M.numel())};
}

}  // namespace bench::harness
